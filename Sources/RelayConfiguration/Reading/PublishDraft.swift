import Accounts

/// A source's `publish` while it is read.
struct PublishDraft: Sendable {
    var password: String?
    var filePassword: String?
    var hash: PasswordHash?
    var from: [AddressRange] = []
}
