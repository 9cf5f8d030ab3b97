import NIOCore
import NIOHTTP1
import RelayConfiguration

/// Who asks, as far as the connection and the proxies that are believed tell, and what it may see.
struct Requester: Sendable {
    let origin: ViewerOrigin
    /// Whether the connection comes from a proxy that is believed.
    let isTrusted: Bool
    /// The host and port by which the viewer's browser names the relay, in lower case; nil where it names none.
    let host: String?
    /// Whether a proxy says that it stands between.
    let isForwarded: Bool
    /// Whether the viewer's browser asks over https.
    let isEncrypted: Bool
    /// Whether viewers' addresses and camera URLs may be shown.
    let isOperator: Bool
    /// Whether this may be a page of another site, whose name was made to lead here (DNS rebinding), and which so would be shown what
    /// is not for it.
    let isMisled: Bool

    /// Judges the request `head` that came from `peer` through a listener of `scope`; `isEncrypted` where that is one of https,
    /// `isProxied` where `peer` is whom a trusted proxy speaks for by the PROXY protocol.
    init(
        _ head: HTTPRequestHead, from peer: SocketAddress?, isProxied: Bool = false, in scope: Route.Scope, isEncrypted: Bool = false,
        _ access: AccessConfiguration
    ) {
        let address = peer.flatMap(ViewerOrigin.ipAddress)
        isTrusted = Self.isTrusted(peer, access)
        var named: HostField?
        if case .one(let field) = head.hostClaim { named = field }
        let forwardedHost = isTrusted ? head.headers[canonicalForm: "X-Forwarded-Host"].first.map { $0.lowercased() } : nil
        host = forwardedHost ?? named?.text
        if isTrusted, let viewer = Self.forwarded(head.headers, access) {
            origin = .forwarded(viewer)
        } else {
            origin = .address(peer)
        }
        let proxysWord = isTrusted ? head.headers[canonicalForm: "X-Forwarded-Proto"].first?.lowercased() : nil
        self.isEncrypted = proxysWord.map { $0 == "https" } ?? isEncrypted
        isForwarded = isProxied || Self.forwardingFields.contains { head.headers.contains(name: $0) }
        // Someone who comes through a proxy of this machine seems to come from this machine.
        let isHere = address == "127.0.0.1" || address == "::1"
        let isAlone = isHere && !isForwarded && !Self.showsPlainProxy(head)
        isOperator = scope == .admin || (!access.hasAdmin && isAlone && named?.isLoopback ?? true)
        // Whom any site may read, no name protects.
        // Nor does it where there are logins: a browser sends none to the name of another site.
        let isGuarded = !access.hosts.isEmpty || (!access.hasUsers && (scope == .admin || access.cors != .anyone))
        isMisled = isGuarded && !isTrusted && !(named.map { Self.isOwn($0, access) } ?? true)
    }

    /// Whether somebody is a proxy that is believed.
    static func isTrusted(_ peer: SocketAddress?, _ access: AccessConfiguration) -> Bool {
        let address = peer.flatMap(ViewerOrigin.ipAddress)
        return access.trustedProxies.contains { range in
            if let address { range.contains(address) } else { range == .unix }
        }
    }

    /// Whether a name can only be the relay's own: a number, this machine, a name of the local network, one that `hosts` has.
    private static func isOwn(_ host: HostField, _ access: AccessConfiguration) -> Bool {
        host.isAddress || host.isLoopback || host.isLocal || access.hosts.contains(host.name)
    }

    private static let forwardingFields = [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP", "Via",
    ]

    /// Whether a request looks like one that a proxy passes on without a word, as nginx' bare `proxy_pass` does, which even puts the
    /// relay's own address into `Host`: it asks in HTTP/1.0, a browser's request asks for the connection's end, or the page that it comes
    /// from lies elsewhere. A script's request through a proxy that speaks HTTP/1.1 cannot be told from one of this machine.
    private static func showsPlainProxy(_ head: HTTPRequestHead) -> Bool {
        if head.version == .http1_0, head.headers.contains(name: "Host") { return true }
        let asksForEnd = head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
        let isBrowsers = ["Accept-Language", "Sec-Fetch-Mode", "Sec-Fetch-Site"].contains { head.headers.contains(name: $0) }
        if asksForEnd, isBrowsers { return true }
        for page in head.headers["Origin"] + head.headers["Referer"] {
            guard let scheme = page.firstRange(of: "://") else { return true }
            let host = page[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            guard let field = HostField(String(host)), field.isLoopback else { return true }
        }
        return false
    }

    /// The last address in `X-Forwarded-For` that is no trusted proxy itself: those before it may be made up.
    private static func forwarded(_ headers: HTTPHeaders, _ access: AccessConfiguration) -> String? {
        let hops = headers[canonicalForm: "X-Forwarded-For"].suffix(32).map { withoutPort(String($0)) }
        var last: String?
        for hop in hops.reversed() {
            guard hop != "unix", AddressRange(hop) != nil, !hop.contains("/") else { return last }
            last = hop
            if !access.trustedProxies.contains(where: { $0.contains(hop) }) { return hop }
        }
        return last
    }

    /// An address without the port and the brackets that some proxies write.
    private static func withoutPort(_ hop: String) -> String {
        if hop.hasPrefix("["), let end = hop.firstIndex(of: "]") { return String(hop[hop.index(after: hop.startIndex)..<end]) }
        let parts = hop.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : hop
    }
}
