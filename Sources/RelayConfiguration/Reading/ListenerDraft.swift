/// An address that is a mapping, while it is read.
struct ListenerDraft: Sendable {
    /// What a redirect can lead to.
    enum Redirect: String, CaseIterable, Sendable {
        case https
    }

    var address: String?
    var redirect: Redirect?
}
