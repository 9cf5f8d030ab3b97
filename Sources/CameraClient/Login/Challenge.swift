import Text

/// One way to log in that a camera offers: a scheme and its parameters.
package struct Challenge: Hashable, Sendable {
    /// As sent; compared in any case.
    package var scheme: String
    /// Values by name in lower case, unquoted; of a name that comes twice the first counts.
    package var parameters: [String: String]

    package init(scheme: String, parameters: [String: String] = [:]) {
        self.scheme = scheme
        self.parameters = parameters
    }

    /// Whether this challenge is of a scheme, given in lower case.
    func isScheme(_ name: String) -> Bool { scheme.lowercased() == name }

    /// What the operator may see of it: the scheme, and the algorithm where there is one.
    package var shown: String {
        let algorithm = parameters["algorithm"].map { " \($0.shown(limit: 20))" } ?? ""
        return scheme.shown(limit: 20) + algorithm
    }
}
