import Text

/// The header of a part: the fields that matter to the relay, read leniently line by line.
///
/// Lines without a name, folded lines and unknown fields are passed over.
package struct PartHeader: Hashable, Sendable {
    /// The most bytes of a line.
    package static let maxLineLength = 8 << 10
    /// The most bytes of a header block.
    package static let maxLength = 64 << 10

    /// The kind of contents that the part declares.
    package enum Media: Hashable, Sendable {
        /// No type, or a type that says nothing.
        case none
        /// A picture, or a type that cameras use for pictures.
        case image
        /// Text, audio or anything else; only a JPEG's first bytes prove the type wrong.
        case other
    }

    /// The part's length in bytes; nil when the length is missing or unreadable (signed, no number, larger than any frame).
    package private(set) var contentLength: Int?
    /// Whether there was an unreadable Content-Length.
    package private(set) var hasUnreadableLength = false
    /// The kind of contents that the part declares.
    package private(set) var media = Media.none
    /// Whether the type is exactly `image/jpeg`.
    package private(set) var isPlainJPEG = false
    /// `X-Timestamp`, if it is readable.
    package private(set) var timestamp: Timestamp?
    /// `X-Frame-Kind`, from another relay that this relay reads.
    package private(set) var kind: Frame.Kind?
    /// The number of lines with a name.
    package private(set) var fields = 0

    /// An empty header.
    package init() {}

    /// Reads one line, without its line end.
    package mutating func read(_ line: some BidirectionalCollection<UInt8>) {
        // A line that begins with a blank continues the line before. No field that matters is that long.
        guard let first = line.first, !first.isBlank, let colon = line.firstIndex(of: ASCII.colon) else { return }
        let name = line[..<colon].trimmingBlanksAndReturns()
        guard !name.isEmpty else { return }
        fields += 1
        let value = line[line.index(after: colon)...].trimmingBlanksAndReturns()
        switch name.count {
        case 14 where ASCII.equal(name, "content-length"): readLength(value)
        case 12 where ASCII.equal(name, "content-type"): readType(value)
        case 11 where ASCII.equal(name, "x-timestamp"): timestamp = Timestamp(text: value)
        case 12 where ASCII.equal(name, "x-frame-kind"):
            if ASCII.equal(value, "repeat") { kind = .repeat }
            if ASCII.equal(value, "placeholder") { kind = .placeholder }
        default: break
        }
    }

    private mutating func readLength(_ value: some Collection<UInt8>) {
        var length = 0
        var digits = 0
        for byte in value {
            // Ten significant digits are more than any frame has, and far below an overflow.
            guard let digit = byte.decimalValue, length < 1_000_000_000 else {
                digits = 0
                break
            }
            length = length * 10 + Int(digit)
            digits += 1
        }
        if digits == 0 || hasUnreadableLength || contentLength.map({ $0 != length }) == true {
            contentLength = nil
            hasUnreadableLength = true
        } else {
            contentLength = length
        }
    }

    private mutating func readType(_ value: some BidirectionalCollection<UInt8>) {
        let end = value.firstIndex { $0 == ASCII.semicolon || $0.isBlank } ?? value.endIndex
        let type = value[..<end]
        isPlainJPEG = ASCII.equal(value, "image/jpeg")
        if ASCII.starts(type, with: "image/") || ASCII.equal(type, "application/octet-stream") {
            media = .image
        } else if !type.contains(ASCII.slash) {
            media = .none
        } else {
            // video/x-motion-jpeg and similar types are pictures too.
            media = type.indices.contains { ASCII.starts(type[$0...], with: "jp") } ? .image : .other
        }
    }
}
