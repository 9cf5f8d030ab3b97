import Accounts

/// A user while it is read.
struct AccountDraft: Sendable {
    var password: String?
    var filePassword: String?
    var hash: PasswordHash?
    var isOperator = false
}
