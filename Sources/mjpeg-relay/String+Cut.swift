extension String {
    /// The bytes of a long text that are shown, at its beginning, where a sentence says what is wrong, and at its end, where the sentence
    /// says why.
    private static let shown = (beginning: 1400, end: 600)

    /// This text, cut to the length that a log or a terminal shows.
    var cut: String {
        let bytes = Array(utf8)
        var beginning = Self.shown.beginning
        var end = bytes.count - Self.shown.end
        guard beginning < end else { return self }
        // The cut must be at the first byte of a character.
        while beginning > 0, bytes[beginning] & 0xC0 == 0x80 { beginning -= 1 }
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        let left = "\(end - beginning) bytes more"
        return String(decoding: bytes[..<beginning], as: UTF8.self) + " … (\(left)) … " + String(decoding: bytes[end...], as: UTF8.self)
    }
}
