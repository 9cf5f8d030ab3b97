import NIOCore
import NIOHTTP1
import RelayConfiguration

/// The client of a request, as far as the connection and trusted proxies tell, and whether the client is an operator.
struct Requester: Sendable {
    let origin: ViewerOrigin
    /// Whether the connection comes from a trusted proxy.
    let isTrusted: Bool
    /// The host and port by which the viewer's browser calls the relay, in lower case; nil where the request does not say.
    let host: String?
    /// Whether the request says that a proxy stands between.
    let isForwarded: Bool
    /// Whether the viewer's browser asks over https.
    let isEncrypted: Bool
    /// Whether viewers' addresses and camera URLs may be shown.
    let isOperator: Bool
    /// Whether the request may be one of another site's page, whose name was made to lead to the relay (DNS rebinding). Such a page must
    /// not see what only the relay's own pages may see.
    let isMisled: Bool

    /// Judges the request `head` from `peer` through a listener of `scope`. `isEncrypted` says whether that is a listener of https;
    /// `isProxied` says whether `peer` is the address that a trusted proxy named by the PROXY protocol.
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
        origin = Self.origin(of: head, from: peer, isTrusted: isTrusted, access)
        let proxysWord = isTrusted ? head.headers[canonicalForm: "X-Forwarded-Proto"].first?.lowercased() : nil
        self.isEncrypted = proxysWord.map { $0 == "https" } ?? isEncrypted
        isForwarded = isProxied || ProxySigns.areIn(head.headers)
        // A client of a proxy on this machine seems to be on this machine.
        let isHere = address == "127.0.0.1" || address == "::1"
        let isAlone = isHere && !isForwarded && !ProxySigns.areBetweenTheLines(of: head)
        isOperator = scope == .admin || (!access.hasAdmin && isAlone && named?.isLoopback ?? false)
        // Where any site may read the pictures, a check of the name would protect nothing. With logins the check is not needed: a browser
        // sends no login to another site's name.
        let isGuarded = !access.hosts.isEmpty || (!access.hasUsers && (scope == .admin || access.cors != .anyone))
        isMisled = isGuarded && !isTrusted && !(named.map { Self.isOwn($0, access) } ?? true)
    }

    /// Whether `peer` is a trusted proxy.
    static func isTrusted(_ peer: SocketAddress?, _ access: AccessConfiguration) -> Bool {
        let address = peer.flatMap(ViewerOrigin.ipAddress)
        return access.trustedProxies.contains { range in
            if let address { range.contains(address) } else { range == .unix }
        }
    }

    /// Whether a name can only be the relay's own: an IP address, this machine's name, a name of the local network, or an entry of `hosts`.
    private static func isOwn(_ host: HostField, _ access: AccessConfiguration) -> Bool {
        host.isAddress || host.isLoopback || host.isLocal || access.hosts.contains(host.name)
    }

    /// The viewer's address for the request `head` from `peer`.
    static func origin(of head: HTTPRequestHead, from peer: SocketAddress?, _ access: AccessConfiguration) -> ViewerOrigin {
        origin(of: head, from: peer, isTrusted: isTrusted(peer, access), access)
    }

    private static func origin(
        of head: HTTPRequestHead, from peer: SocketAddress?, isTrusted: Bool, _ access: AccessConfiguration
    ) -> ViewerOrigin {
        if isTrusted, let viewer = forwarded(head.headers, access) { .forwarded(viewer) } else { .address(peer) }
    }

    /// The last address in `X-Forwarded-For` that is not itself a trusted proxy; the addresses before it may be made up.
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
