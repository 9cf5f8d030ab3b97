import Accounts
import RelayConfiguration

/// Who may see what, once it is known who asks.
enum Audience {
    /// Whether `admission` opens the source of `configuration`. Operators may see every source.
    static func mayWatch(_ configuration: SourceConfiguration, _ admission: Admission, _ access: AccessConfiguration) -> Bool {
        guard access.hasUsers else { return true }
        switch (configuration.viewers ?? .users, admission) {
        case (.everyone, _): return true
        case (_, .anonymous): return false
        case (.users, .user): return true
        case (.named(let names), .user(let account)): return account.isOperator || names.contains(account.name)
        case (_, .link(let source, _)): return source == configuration.name
        }
    }

    /// Whether somebody who was let in by `admission` would be now: the user and the password, the link and its key are still there.
    static func stillMayWatch(_ configuration: SourceConfiguration, _ admission: Admission, _ access: AccessConfiguration) -> Bool {
        guard access.hasUsers else { return true }
        let isKnown =
            switch admission {
            case .anonymous: true
            case .user(let account): access.users.contains { $0.name == account.name && $0.password == account.password }
            case .link(let source, let link): link.isSigned(for: source, by: access.linkKeys)
            }
        if !isKnown { return false }
        // Whether an operator is one is asked of today's account.
        if case .user(let account) = admission, let today = access.users.first(where: { $0.name == account.name }) {
            return mayWatch(configuration, .user(today), access)
        }
        return mayWatch(configuration, admission, access)
    }
}
