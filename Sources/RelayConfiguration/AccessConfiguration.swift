/// Who may see what, and which other sites' pages may show and read it.
package struct AccessConfiguration: Equatable, Sendable {
    /// Where dashboard, status, metrics and readiness are served instead of at `listen`; empty: there.
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

    package init() {}
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
