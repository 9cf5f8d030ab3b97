/// One mistake in a configuration, as a sentence that an operator can act on. It never contains a credential.
package struct ConfigurationProblem: Hashable, Sendable {
    /// The file as the operator named it; nil for a command line.
    package var file: String?
    /// The line in the file, counted from 1; nil for a mistake of the file as a whole.
    package var line: Int?
    /// The column in the line, in characters, counted from 1.
    package var column: Int?
    /// The mistake, and the fix if it is known: one line, lower case.
    package var message: String

    package init(file: String? = nil, line: Int? = nil, column: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// `file:line:column: message`, in the form that editors and terminals make a link of.
    package var description: String {
        guard let file else { return message }
        guard let line else { return "\(file): \(message)" }
        guard let column else { return "\(file):\(line): \(message)" }
        return "\(file):\(line):\(column): \(message)"
    }
}
