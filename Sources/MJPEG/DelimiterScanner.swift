import Text

/// Searches the bytes between pictures for the next part or picture. The bytes may come in any pieces.
///
/// While the boundary is not confirmed, any line that begins with `--` or `Content-` counts as the beginning of a part.
struct DelimiterScanner: Sendable {
    /// The find; it is the end of the scanned bytes.
    enum Find: Hashable, Sendable {
        case nothing
        /// A JPEG's first three bytes.
        case startOfImage
        /// `--` and the boundary's name.
        case delimiter
        /// The beginning of a line that may be a delimiter.
        case dashes
        /// The beginning of a header line.
        case field
        /// A line that is the boundary without dashes; the line's end has not been read yet.
        case bareLine

        /// The length of the find in bytes.
        func length(_ boundary: Boundary) -> Int {
            switch self {
            case .nothing: 0
            case .startOfImage: JPEGWalker.start.count
            case .delimiter: boundary.pattern.count
            case .dashes: 2
            case .field: DelimiterScanner.field.utf8CodeUnitCount
            case .bareLine: boundary.bareLine.count
            }
        }
    }

    /// The target of the search.
    struct Targets: OptionSet, Sendable {
        let rawValue: UInt8
        static let pictures = Targets(rawValue: 1)
        static let parts = Targets(rawValue: 2)
    }

    /// The bytes of a find of `field`. The reader of the header ignores their case.
    static let field: StaticString = "content-"

    /// Only a start of image behind an end of image counts, because after a broken picture the next start of image may be a thumbnail's.
    var awaitsEndOfImage = false

    /// How many bytes of the delimiter are at the end of the bytes so far.
    private(set) var matched = 0
    /// The bytes of the line so far, while they may be the beginning of a part.
    private var lineLength = 0
    private var mayBeDashes = true
    private var mayBeField = true
    private var mayBeBare = true
    private var startMatched = 0
    private var previous: UInt8 = 0

    /// How many bytes at the end may be the beginning of a find of `parts`.
    var candidateLength: Int { max(matched, mayBeDashes || mayBeField || mayBeBare ? lineLength : 0) }

    /// Starts at the beginning of a line.
    init() {}

    /// Scans up to the first find. Returns the find and the number of bytes scanned, including the find.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, for targets: Targets, boundary: Boundary) -> (find: Find, scanned: Int) {
        let onlyDelimiters = targets == .parts && !boundary.readsLines
        var index = 0
        while index < bytes.count {
            if onlyDelimiters, matched == 0 {
                // Only the delimiter's first dash is looked for, so that the rest of a broken picture is skipped quickly.
                guard let hit = bytes.position(of: ASCII.dash, from: index) else { return (.nothing, bytes.count) }
                index = hit
            }
            let find = push(bytes[index], targets, boundary)
            if find == .bareLine { return (find, index) }
            index += 1
            if find != .nothing { return (find, index) }
        }
        return (.nothing, index)
    }

    /// Takes one byte.
    mutating func push(_ byte: UInt8, _ targets: Targets, _ boundary: Boundary) -> Find {
        defer { previous = byte }
        if targets.contains(.pictures), matchesStartOfImage(byte) { return .startOfImage }
        guard targets.contains(.parts) else { return .nothing }
        let find = boundary.readsLines ? matchLine(byte, boundary) : .nothing
        if matchesDelimiter(byte, boundary) { return .delimiter }
        return find
    }

    private mutating func matchesStartOfImage(_ byte: UInt8) -> Bool {
        if awaitsEndOfImage {
            awaitsEndOfImage = !(previous == 0xFF && byte == 0xD9)
            return false
        }
        switch (startMatched, byte) {
        case (2, 0xFF):
            startMatched = 0
            return true
        case (_, 0xFF): startMatched = 1
        case (1, 0xD8): startMatched = 2
        default: startMatched = 0
        }
        return false
    }

    private mutating func matchesDelimiter(_ byte: UInt8, _ boundary: Boundary) -> Bool {
        let pattern = boundary.pattern
        guard !pattern.isEmpty else { return false }
        while matched > 0, matched >= pattern.count || pattern[matched] != byte { matched = boundary.fallback[min(matched, pattern.count)] }
        if pattern[matched] == byte { matched += 1 }
        guard matched == pattern.count else { return false }
        matched = 0
        return true
    }

    private mutating func matchLine(_ byte: UInt8, _ boundary: Boundary) -> Find {
        let isEnd = byte == ASCII.lineFeed || byte == ASCII.carriageReturn
        if mayBeBare, lineLength == boundary.bareLine.count, lineLength > 0, isEnd || byte.isBlank || byte == ASCII.dash {
            mayBeBare = false
            return .bareLine
        }
        if isEnd {
            (lineLength, mayBeDashes, mayBeField, mayBeBare) = (0, true, true, true)
            return .nothing
        }
        guard mayBeDashes || mayBeField || mayBeBare else { return .nothing }
        mayBeDashes = mayBeDashes && byte == ASCII.dash && !boundary.isConfirmed
        mayBeField = mayBeField && !boundary.isConfirmed && byte.lowercased == DelimiterScanner.field.utf8Start[lineLength]
        mayBeBare = mayBeBare && lineLength < boundary.bareLine.count && byte == boundary.bareLine[lineLength]
        lineLength += 1
        if mayBeDashes, lineLength == 2 {
            mayBeDashes = false
            return .dashes
        }
        if mayBeField, lineLength == DelimiterScanner.field.utf8CodeUnitCount {
            mayBeField = false
            return .field
        }
        return .nothing
    }
}
