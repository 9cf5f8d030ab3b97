/// The bytes that header lines are made of, by name.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let doubleQuote: UInt8 = 0x22
    static let singleQuote: UInt8 = 0x27
    static let dash: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let slash: UInt8 = 0x2F
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B

    /// The value of a decimal digit, nil for any other byte.
    static func digit(_ byte: UInt8) -> UInt8? {
        byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : nil
    }

    /// The small letter for a capital one, any other byte as it is.
    static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
    }

    /// Whether a byte is a blank within a line.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// Whether `bytes` spell `word`, whatever their case. `word` is in small letters.
    static func equal(_ bytes: some Collection<UInt8>, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && starts(bytes, with: word)
    }

    /// Whether `bytes` begin with `word`, whatever their case. `word` is in small letters.
    static func starts(_ bytes: some Sequence<UInt8>, with word: StaticString) -> Bool {
        word.withUTF8Buffer { letters in
            var next = 0
            for byte in bytes {
                guard next < letters.count else { break }
                guard lowercase(byte) == letters[next] else { return false }
                next += 1
            }
            return next == letters.count
        }
    }

    /// `bytes` without the blanks and carriage returns at either end.
    static func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        var rest = bytes[...]
        while let first = rest.first, isBlank(first) || first == carriageReturn { rest = rest.dropFirst() }
        while let last = rest.last, isBlank(last) || last == carriageReturn { rest = rest.dropLast() }
        return rest
    }
}
