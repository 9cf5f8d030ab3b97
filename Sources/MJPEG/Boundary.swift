import Text

/// What separates a camera's parts: the boundary as it was declared, and as the delimiter lines show it.
///
/// Dashes at either end of a name are no part of it, since cameras declare them or not and send two, four or none. The
/// first delimiter lines decide: a name that was declared and sent, or sent twice, is *confirmed*, and from then on only
/// that name separates parts. Bytes are compared, never patterns.
package struct Boundary: Sendable {
    /// The most bytes of a name; RFC 2046 allows 70.
    static let maxNameLength = 256

    /// What a line is.
    package enum Line: Hashable, Sendable {
        /// A delimiter; from `rest` on comes what stands behind it in the same line.
        case delimiter(rest: Int)
        /// A header line or junk.
        case other
    }

    /// The name between the dashes; empty while it is unknown.
    package private(set) var name: [UInt8]
    /// A delimiter line was seen.
    package private(set) var isLearnt = false
    /// Only `name` separates parts.
    package private(set) var isConfirmed = false
    /// What was odd about the declaration and the lines.
    package private(set) var quirks: Quirks = []

    /// Lines matter, not only the bytes `--name` anywhere.
    var readsLines: Bool { !isConfirmed || quirks.contains(.bareDelimiter) }

    /// The bytes `--name` that a delimiter contains; empty while the name is unknown.
    private(set) var pattern: [UInt8] = []
    /// How much of `pattern` still matches when the byte behind that much does not (Knuth, Morris and Pratt).
    private(set) var fallback: [Int] = []
    /// A line that is a delimiter without two dashes; empty when there is none such.
    let bareLine: [UInt8]

    private let declaredName: [UInt8]

    /// Takes the value of the `boundary` parameter as it stands in the header; nil when there is none.
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

    /// The name that the delimiter lines carry, once there was one.
    package var learnt: String? {
        isLearnt ? String(decoding: name, as: UTF8.self) : nil
    }

    /// The `boundary` parameter of a Content-Type value as it stands there, quotes included; nil when there is none.
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

    /// Takes the name from a line, up to a header that stands right behind it.
    private mutating func learn(from line: UnsafeRawBufferPointer, dashes: Int) -> Line {
        let header = line.indices.first { $0 >= dashes && ASCII.starts(line[$0...], with: "content-") }
        var body = line[dashes..<(header ?? line.count)]
        // Blanks at the front belong to the bytes to compare, those at the end do not.
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
