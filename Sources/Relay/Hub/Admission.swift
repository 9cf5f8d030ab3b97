import Accounts

/// By what right somebody watches.
enum Admission: Equatable, Sendable {
    /// Nobody has logged in.
    case anonymous
    case user(Account)
    /// A link that opens one source.
    case link(source: String, SignedLink)
    /// Another relay to which the file has the source published.
    case push

    /// Whether cameras' addresses and viewers may be shown.
    var isOperator: Bool {
        if case .user(let account) = self { account.isOperator } else { false }
    }

    /// When the right ends, in seconds since 1970; nil for one without an end.
    var end: Int? {
        if case .link(_, let link) = self { link.end } else { nil }
    }
}
