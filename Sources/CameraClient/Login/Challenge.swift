import Text

/// One way to log in that a camera offers: a scheme and its parameters.
package struct Challenge: Hashable, Sendable {
    /// As sent; compared in any case.
    package var scheme: String
    /// Values by name in lower case, unquoted and as they were sent, in UTF-8 or not; of a name that comes twice the first counts.
    package var values: [String: [UInt8]]

    package init(scheme: String, parameters: [String: String] = [:]) {
        self.scheme = scheme
        values = parameters.mapValues { Array($0.utf8) }
    }

    /// The values as text, repaired where they are no UTF-8.
    package var parameters: [String: String] { values.mapValues { String(decoding: $0, as: UTF8.self) } }

    /// One value as text, repaired where it is no UTF-8.
    func text(_ name: String) -> String? { values[name].map { String(decoding: $0, as: UTF8.self) } }

    /// Whether this challenge is of a scheme, given in lower case.
    func isScheme(_ name: String) -> Bool { scheme.lowercased() == name }

    /// What the operator may see of challenges: their schemes, and the algorithms where there are any.
    package static func shown(_ fieldValues: [String], hiding secrets: Secrets) -> CameraText {
        // The logins are hidden before the text is taken apart, since half a login would not be found any more.
        let ways = parse(fieldValues.map { secrets.hide(in: $0) }).map { challenge in
            [challenge.scheme, challenge.text("algorithm")].compactMap { $0.map { $0.shown(limit: 20) } }.joined(separator: " ")
        }
        return CameraText(ways.joined(separator: ", "), hiding: secrets)
    }
}
