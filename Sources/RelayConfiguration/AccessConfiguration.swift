import Accounts

/// Who may see which pages and cameras, and which other sites' pages may show and read pictures.
package struct AccessConfiguration: Equatable, Sendable {
    /// Where dashboard, status, metrics and readiness are served instead of at `listen`; empty: at `listen`.
    package var admin: [ListenAddress] = []
    /// The proxies whose word on a viewer's address is believed.
    package var trustedProxies: [AddressRange] = []
    /// Whose pages may read pictures.
    package var cors = CORSPolicy.anyone
    /// The names under which the relay may be called besides its IP addresses, localhost, and what trusted proxies say: in lower
    /// case, without a port, letters beyond ASCII as IDNA writes them (`xn--…`).
    package var hosts: [String] = []
    /// The origins, besides the relay's own, whose pages may frame the dashboard; `*` is every one.
    package var frameAncestors: [String] = []
    /// Who may log in. With at least one user, every source asks for a login unless it says otherwise.
    package var users: [Account] = []
    /// The keys that sign links.
    package var linkKeys: [LinkKey] = []
    /// The key that signs cookies; nil for a random key of this process.
    package var sessionKey: String?
    /// The most viewers from one address, over all sources; nil for no limit.
    package var maxViewersPerAddress: Int?

    /// Like ``admin``, over https.
    package var encryptedAdmin: [ListenAddress] = []

    package init() {}

    /// Whether operators have addresses of their own.
    package var hasAdmin: Bool { !admin.isEmpty || !encryptedAdmin.isEmpty }

    /// Whether there are logins at all.
    package var hasUsers: Bool { !users.isEmpty }
}

/// Which origins' pages may read pictures with a script; showing them is free to all.
package enum CORSPolicy: Equatable, Sendable {
    /// Every origin's, without credentials.
    case anyone
    /// Only the relay's own.
    case nobody
    /// These, written as `https://host:port`.
    case origins([String])
}
