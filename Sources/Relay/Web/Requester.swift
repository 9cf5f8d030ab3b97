import NIOCore
import NIOHTTP1
import RelayConfiguration

/// Who asks, as far as the connection and the proxies that are believed tell, and what it may see.
struct Requester: Sendable {
    let origin: ViewerOrigin
    /// The host and port by which the viewer's browser names the relay, in lower case.
    let host: String?
    /// Whether a proxy says that it stands between.
    let isForwarded: Bool
    /// Whether viewers' addresses and camera URLs may be shown.
    let isOperator: Bool
    /// Whether this is a page of another site whose name was made to lead to this machine (DNS rebinding): for operators, from
    /// this machine itself, through no proxy that is believed, under a name that is not this machine's.
    let isMisled: Bool

    /// Judges the request `head` that came from `peer` through a listener of `scope`.
    init(_ head: HTTPRequestHead, from peer: SocketAddress?, in scope: Route.Scope, _ access: AccessConfiguration) {
        let address = peer.flatMap(ViewerOrigin.ipAddress)
        let isTrusted = access.trustedProxies.contains { range in
            if let address { range.contains(address) } else { range == .unix }
        }
        let forwardedHost = isTrusted ? head.headers[canonicalForm: "X-Forwarded-Host"].first.map(String.init) : nil
        host = (forwardedHost ?? head.headers.first(name: "Host"))?.lowercased()
        if isTrusted, let viewer = Self.forwarded(head.headers, access) {
            origin = .forwarded(viewer)
        } else {
            origin = .address(peer)
        }
        // Someone who comes through a proxy seems to come from this machine; so does a page of another site whose name
        // leads here, but its requests carry that name.
        let isHere = address == "127.0.0.1" || address == "::1"
        isForwarded = Self.forwardingFields.contains { head.headers.contains(name: $0) }
        let isNamedLocal = head.headers["Host"].allSatisfy(Self.isLocalName)
        isMisled = scope == .admin && isHere && !isNamedLocal && !isTrusted
        isOperator = scope == .admin || (access.admin.isEmpty && isHere && !isForwarded && isNamedLocal)
    }

    private static let forwardingFields = [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Real-IP", "Via",
    ]

    /// The last address in `X-Forwarded-For` that is no trusted proxy itself: those before it may be made up.
    private static func forwarded(_ headers: HTTPHeaders, _ access: AccessConfiguration) -> String? {
        let hops = headers[canonicalForm: "X-Forwarded-For"].suffix(32).map(String.init)
        var last: String?
        for hop in hops.reversed() {
            guard AddressRange(hop) != nil, !hop.contains("/") else { return last }
            last = hop
            if !access.trustedProxies.contains(where: { $0.contains(hop) }) { return hop }
        }
        return last
    }

    private static func isLocalName(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let lower = name.lowercased()
        return lower == "localhost" || lower.hasSuffix(".localhost") || lower == "[::1]"
            || lower.hasPrefix("127.") && AddressRange(lower) != nil
    }
}
