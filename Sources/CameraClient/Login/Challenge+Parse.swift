import Text

extension Challenge {
    /// Challenges and parameters of one challenge beyond these many are dropped.
    static let maxChallenges = 16
    static let maxParameters = 32

    /// Reads the challenges of all WWW-Authenticate fields of a response, in the order of the camera.
    ///
    /// Commas, blanks and escapes in quoted values, unquoted values with blanks, token68 values, missing commas and stray
    /// characters are all got over; what makes no sense is skipped.
    package static func parse(_ fieldValues: [String]) -> [Challenge] {
        parse(bytes: fieldValues.map { Array($0.utf8) })
    }

    /// Reads them as they were sent, in UTF-8 or not.
    package static func parse(bytes fieldValues: [[UInt8]]) -> [Challenge] {
        var challenges: [Challenge] = []
        for value in fieldValues {
            guard challenges.count < maxChallenges else { break }
            var parser = ChallengeParser(value)
            challenges += parser.parse(atMost: maxChallenges - challenges.count)
        }
        return challenges
    }
}

/// Walks one WWW-Authenticate value once, from its start to its end.
private struct ChallengeParser {
    private var rest: ArraySlice<UInt8>
    private var challenges: [Challenge] = []
    /// The challenge that parameters belong to.
    private var current: Int?

    private static let comma = UInt8(ascii: ",")
    private static let equals = UInt8(ascii: "=")
    private static let quote = UInt8(ascii: "\"")

    init(_ value: [UInt8]) {
        rest = value[...]
    }

    mutating func parse(atMost limit: Int) -> [Challenge] {
        while true {
            rest = rest.drop { $0.isBlank || $0 == Self.comma }
            guard let first = rest.first else { return challenges }
            let name = rest.prefix { $0.isTokenByte }
            guard !name.isEmpty else {
                // A stray character, or a quoted string that belongs to nothing.
                if first == Self.quote { _ = takeQuoted() } else { rest = rest.dropFirst() }
                continue
            }
            let afterName = rest.dropFirst(name.count)
            let afterBlanks = afterName.drop { $0.isBlank }
            if afterBlanks.first == Self.equals {
                rest = afterBlanks.dropFirst().drop { $0.isBlank }
                let value = takeValue()
                store(String(decoding: name, as: UTF8.self).lowercased(), value)
            } else if let next = afterName.first, !next.isBlank, next != Self.comma {
                // No scheme ends in such a character.
                rest = afterName
            } else {
                rest = afterBlanks
                guard challenges.count < limit else { return challenges }
                let challenge = Challenge(scheme: String(decoding: name, as: UTF8.self))
                // A word alone between commas has no parameters (RFC 9110, section 11.3), unless it is a scheme that needs them.
                let standsAlone = afterBlanks.isEmpty || afterBlanks.first == Self.comma
                challenges.append(challenge)
                if !standsAlone || current == nil || Self.isKnown(name) { current = challenges.count - 1 }
                skipToken68()
            }
        }
    }

    private mutating func store(_ name: String, _ value: [UInt8]) {
        guard let current, challenges[current].values.count < Challenge.maxParameters else { return }
        if challenges[current].values[name] == nil { challenges[current].values[name] = value }
    }

    private mutating func takeValue() -> [UInt8] {
        if rest.first == Self.quote { return takeQuoted() }
        var value: [UInt8] = []
        while true {
            let word = rest.prefix { !$0.isBlank && $0 != Self.comma }
            value += word
            rest = rest.dropFirst(word.count)
            // A blank ends the value where a parameter or a known scheme follows it: the comma is missing. Else it is part of it.
            let next = rest.drop { $0.isBlank }
            guard next.first != nil, next.first != Self.comma else { break }
            let token = next.prefix { $0.isTokenByte }
            let afterToken = next.dropFirst(token.count).drop { $0.isBlank }
            if !token.isEmpty, afterToken.first == Self.equals || Self.isKnown(token) { break }
            value.append(0x20)
            rest = next
        }
        return value
    }

    /// Takes a quoted string and returns what it means; one without an end goes up to the end of the field.
    private mutating func takeQuoted() -> [UInt8] {
        var value: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst(), byte != Self.quote {
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(byte)
            }
        }
        return value
    }

    /// Skips `TlRMTVNTUAAC==` behind a scheme (RFC 9110, section 11.2); no scheme of ours has one.
    private mutating func skipToken68() {
        let text = rest.prefix { $0.isTokenByte || $0 == UInt8(ascii: "/") }
        let after = rest.dropFirst(text.count).drop { $0 == Self.equals }
        let next = after.drop { $0.isBlank }
        if next.isEmpty || next.first == Self.comma { rest = next }
    }

    private static func isKnown(_ name: ArraySlice<UInt8>) -> Bool {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        return name == "digest" || name == "basic"
    }
}
