/// Why a text is not the value that it should be: the end of an operator's sentence. It never holds the text itself.
struct TextError: Error, Equatable {
    var message: String
}

extension String {
    /// Whether a control character is in it, which no address, path or header field may carry on.
    var hasControlCharacter: Bool {
        unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }
}
