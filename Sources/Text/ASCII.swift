/// The bytes of text protocols by name, and comparisons that ignore case.
@usableFromInline package enum ASCII {
    @inlinable package static var tab: UInt8 { 0x09 }
    @inlinable package static var lineFeed: UInt8 { 0x0A }
    @inlinable package static var carriageReturn: UInt8 { 0x0D }
    @inlinable package static var space: UInt8 { 0x20 }
    @inlinable package static var doubleQuote: UInt8 { 0x22 }
    @inlinable package static var singleQuote: UInt8 { 0x27 }
    @inlinable package static var dash: UInt8 { 0x2D }
    @inlinable package static var dot: UInt8 { 0x2E }
    @inlinable package static var slash: UInt8 { 0x2F }
    @inlinable package static var colon: UInt8 { 0x3A }
    @inlinable package static var semicolon: UInt8 { 0x3B }

    /// Whether `bytes` spell `word`, whatever their case. `word` is in small letters.
    @inlinable package static func equal(_ bytes: some Collection<UInt8>, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && starts(bytes, with: word)
    }

    /// Whether `bytes` begin with `word`, whatever their case. `word` is in small letters.
    @inlinable package static func starts(_ bytes: some Sequence<UInt8>, with word: StaticString) -> Bool {
        word.withUTF8Buffer { letters in
            var next = 0
            for byte in bytes {
                guard next < letters.count else { break }
                guard byte.lowercased == letters[next] else { return false }
                next += 1
            }
            return next == letters.count
        }
    }
}
