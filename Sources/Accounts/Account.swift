/// Somebody who may log in to the relay. Its description hides the password.
package struct Account: Hashable, Sendable {
    /// The password or its hash, with which a login is compared.
    package enum Password: Hashable, Sendable {
        case hash(PasswordHash)
        case plain(String)
    }

    package let name: String
    package let password: Password
    /// Whether the addresses of cameras and viewers may be shown to this user.
    package let isOperator: Bool

    package init(name: String, password: Password, isOperator: Bool = false) {
        self.name = name
        self.password = password
        self.isOperator = isOperator
    }

    /// The text to which the account's cookies are bound, so that a changed password ends them.
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
