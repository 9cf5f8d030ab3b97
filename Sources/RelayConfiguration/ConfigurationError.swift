/// All mistakes in a configuration, so that one round of repairs is enough.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one problem, sorted by place, none twice.
    package let problems: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// One line for each problem.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
