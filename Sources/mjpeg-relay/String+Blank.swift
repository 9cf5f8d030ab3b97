extension String {
    /// Whether nothing stands in it but blanks, as in an argument that was a variable without a value.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
