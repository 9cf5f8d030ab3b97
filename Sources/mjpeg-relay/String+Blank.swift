extension String {
    /// Whether the text has nothing but blanks, like an argument from a variable without a value.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
