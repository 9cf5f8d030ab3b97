import Accounts
import RelayConfiguration

/// Decides who may see a source, once the login or link has been checked.
enum Audience {
    /// Whether `admission` opens the source of `configuration`. Operators may see every source.
    static func mayWatch(_ configuration: SourceConfiguration, _ admission: Admission, _ access: AccessConfiguration) -> Bool {
        guard access.hasUsers else { return true }
        switch (configuration.viewers ?? .users, admission) {
        case (.everyone, _): return true
        case (_, .push): return true
        case (_, .anonymous): return false
        case (.users, .user): return true
        case (.named(let names), .user(let account)): return account.isOperator || names.contains(account.name)
        case (_, .link(let source, _)): return source == configuration.name
        }
    }

    /// Whether `admission` is still valid: the configuration still has the user with the same password, or the link's key.
    static func stillMayWatch(_ configuration: SourceConfiguration, _ admission: Admission, _ access: AccessConfiguration) -> Bool {
        guard access.hasUsers else { return true }
        switch admission {
        case .anonymous, .push:
            return mayWatch(configuration, admission, access)
        case .user(let account):
            // Whether the user is an operator is taken from the present configuration.
            let today = access.users.first { $0.name == account.name && $0.password == account.password }
            // One who is no operator any more comes again, under the limits that hold for everybody.
            if let today, account.isOperator, !today.isOperator { return false }
            return today.map { mayWatch(configuration, .user($0), access) } ?? false
        case .link(let source, let link):
            return link.isSigned(for: source, by: access.linkKeys) && mayWatch(configuration, admission, access)
        }
    }
}
