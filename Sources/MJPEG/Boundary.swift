import Text

/// The boundary between a camera's parts, as declared in the header and as the delimiter lines show it.
///
/// Dashes at either end of a name do not count as part of the name: cameras declare them or not, and send two, four or none. The first
/// delimiter lines decide: a name that was declared and sent, or sent twice, is *confirmed*, and from then on only that name separates
/// parts. Names are compared byte by byte.
package struct Boundary: Sendable {
    /// The most bytes of a name; RFC 2046 allows 70.
    static let maxNameLength = 256

    /// The kind of a line.
    package enum Line: Hashable, Sendable {
        /// A delimiter; the bytes behind it in the same line begin at `rest`.
        case delimiter(rest: Int)
        /// Any other line, such as a header line.
        case other
    }

    /// The name between the dashes; empty while it is unknown.
    package private(set) var name: [UInt8]
    /// Whether a delimiter line was seen.
    package private(set) var isLearnt = false
    /// Whether only `name` separates parts.
    package private(set) var isConfirmed = false
    /// The quirks of the declaration and of the delimiter lines.
    package private(set) var quirks: Quirks = []

    /// Whether delimiters are looked for as whole lines, and not only as the bytes `--name`.
    var readsLines: Bool { !isConfirmed || quirks.contains(.bareDelimiter) }

    /// The bytes `--name` that a delimiter contains; empty while the name is unknown.
    private(set) var pattern: [UInt8] = []
    /// How many bytes of `pattern` still match after a mismatch, for each number of bytes that matched before (the table of Knuth, Morris
    /// and Pratt).
    private(set) var fallback: [Int] = []
    /// A line that is a delimiter although it does not begin with two dashes; empty where there is none.
    let bareLine: [UInt8]

    private let declaredName: [UInt8]

    /// Takes the value of the `boundary` parameter as written in the header; nil when there is none.
    package init(declared: String?) {
        var value = Array((declared ?? "").utf8).trimmingBlanksAndReturns()
        for quote in [ASCII.doubleQuote, ASCII.singleQuote] where value.first == quote {
            value = value.dropFirst()
            if let end = value.firstIndex(of: quote) { value = value[..<end] }
        }
        value = value.trimmingBlanksAndReturns().prefix(Boundary.maxNameLength)
        declaredName = Boundary.core(of: value)
        name = declaredName
        bareLine = value.starts(with: [ASCII.dash, ASCII.dash]) ? declaredName : Array(value)
        if value.isEmpty { quirks.insert(.undeclaredBoundary) }
        if value.first == ASCII.dash { quirks.insert(.declaredDashes) }
        setPattern()
    }

    /// The name in the delimiter lines; nil before the first such line.
    package var learnt: String? {
        isLearnt ? String(decoding: name, as: UTF8.self) : nil
    }

    /// The `boundary` parameter of a Content-Type value as written, quotes included; nil when there is none.
    package static func parameter(ofContentType value: some StringProtocol) -> String? {
        var rest = Array(value.utf8)[...]
        while let semicolon = rest.firstIndex(of: ASCII.semicolon) {
            rest = rest[(semicolon + 1)...].drop { $0.isBlank }
            guard ASCII.starts(rest, with: "boundary") else { continue }
            let sign = rest.dropFirst(8).drop { $0.isBlank }
            guard sign.first == UInt8(ascii: "=") else { continue }
            let text = sign.dropFirst().drop { $0.isBlank }
            if let quote = text.first, quote == ASCII.doubleQuote || quote == ASCII.singleQuote,
                let end = text.dropFirst().firstIndex(of: quote)
            {
                return String(decoding: text[...end], as: UTF8.self)
            }
            return String(decoding: text.prefix { $0 != ASCII.semicolon }.trimmingBlanksAndReturns(), as: UTF8.self)
        }
        return nil
    }

    /// Tells whether a line, without its line end, is a delimiter, and learns from it.
    package mutating func read(_ line: UnsafeRawBufferPointer) -> Line {
        let dashes = line.prefix { $0 == ASCII.dash }.count
        guard dashes >= 2 else { return readBare(line, dashes: dashes) }
        let body = line[dashes...]
        if !name.isEmpty, body.starts(with: name) {
            confirm()
            return rest(of: line, from: dashes + name.count)
        }
        guard !isConfirmed else { return .other }
        if !declaredName.isEmpty, body.starts(with: declaredName) {
            name = declaredName
            setPattern()
            confirm()
            return rest(of: line, from: dashes + name.count)
        }
        return learn(from: line, dashes: dashes)
    }

    private mutating func readBare(_ line: UnsafeRawBufferPointer, dashes: Int) -> Line {
        guard !bareLine.isEmpty, line.dropFirst(dashes).starts(with: declaredName), !declaredName.isEmpty else { return .other }
        let trimmed = line.trimmingBlanksAndReturns()
        guard trimmed.elementsEqual(bareLine) || trimmed.elementsEqual(declaredName) || Boundary.core(of: trimmed) == declaredName
        else { return .other }
        if name != declaredName {
            guard !isConfirmed else { return .other }
            name = declaredName
            setPattern()
        }
        quirks.insert(.bareDelimiter)
        confirm()
        return .delimiter(rest: line.count)
    }

    /// Takes the name from a line. The name ends where a header follows in the same line.
    private mutating func learn(from line: UnsafeRawBufferPointer, dashes: Int) -> Line {
        let header = line.indices.first { $0 >= dashes && ASCII.starts(line[$0...], with: "content-") }
        var body = line[dashes..<(header ?? line.count)]
        // Blanks at the front belong to the name, blanks at the end do not.
        while let last = body.last, last == ASCII.dash || last == ASCII.carriageReturn || last.isBlank { body = body.dropLast() }
        name = Array(body.prefix(Boundary.maxNameLength))
        isLearnt = true
        if !declaredName.isEmpty { quirks.insert(.otherBoundary) }
        setPattern()
        return rest(of: line, from: dashes + name.count)
    }

    private mutating func rest(of line: UnsafeRawBufferPointer, from index: Int) -> Line {
        if line[index...].starts(with: [ASCII.dash, ASCII.dash]) { quirks.insert(.closingDelimiter) }
        return .delimiter(rest: index)
    }

    private mutating func confirm() {
        isConfirmed = isConfirmed || isLearnt || name == declaredName
        isLearnt = true
    }

    private mutating func setPattern() {
        pattern = name.isEmpty ? [] : [ASCII.dash, ASCII.dash] + name
        fallback = Array(repeating: 0, count: pattern.count + 1)
        var matched = 0
        for index in pattern.indices.dropFirst() {
            while matched > 0, pattern[matched] != pattern[index] { matched = fallback[matched] }
            if pattern[matched] == pattern[index] { matched += 1 }
            fallback[index + 1] = matched
        }
    }

    private static func core(of bytes: some BidirectionalCollection<UInt8>) -> [UInt8] {
        var rest = bytes[...].drop { $0 == ASCII.dash }
        while rest.last == ASCII.dash { rest = rest.dropLast() }
        return Array(rest)
    }
}
