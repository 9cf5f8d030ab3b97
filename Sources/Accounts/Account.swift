/// Somebody who may log in to the relay. Its description hides the password.
package struct Account: Hashable, Sendable {
    /// What a password is compared with.
    package enum Password: Hashable, Sendable {
        case hash(PasswordHash)
        case plain(String)
    }

    package let name: String
    package let password: Password
    /// Whether cameras' addresses and viewers may be shown.
    package let isOperator: Bool

    package init(name: String, password: Password, isOperator: Bool = false) {
        self.name = name
        self.password = password
        self.isOperator = isOperator
    }

    /// What a cookie is bound to, so that a changed password ends it.
    var secretText: String {
        switch password {
        case .hash(let hash): "hash\n\(hash.text)"
        case .plain(let text): "plain\n\(text)"
        }
    }
}

extension Account: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { isOperator ? "\(name) (operator)" : name }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
