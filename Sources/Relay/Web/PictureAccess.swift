import NIOHTTP1
import RelayConfiguration

/// What other sites' pages may do with a picture: show it always, read it as `cors` says.
enum PictureAccess {
    /// The fields of an answer with a picture to `head`.
    static func headers(for head: HTTPRequestHead, _ policy: CORSPolicy) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Cross-Origin-Resource-Policy": "cross-origin"]
        switch policy {
        case .anyone:
            headers.add(name: "Access-Control-Allow-Origin", value: "*")
            headers.add(name: "Access-Control-Expose-Headers", value: "*")
        case .nobody: break
        case .origins(let origins):
            headers.add(name: "Vary", value: "Origin")
            if let origin = head.headers.first(name: "Origin"), origins.contains(origin.lowercased()) {
                headers.add(name: "Access-Control-Allow-Origin", value: origin)
                headers.add(name: "Access-Control-Expose-Headers", value: "*")
            }
        }
        return headers
    }

    /// Whether the page that opens a WebSocket may have it: browsers ask no leave for these themselves. A page of another
    /// origin never gets one that carries a login or cookies, which would let any site look through its visitor's eyes.
    ///
    /// A page that wants to know why its WebSocket was refused asks with an ordinary request, in which browsers do not name the
    /// origin of a page of the same host; the page names it in the query. That can only lead to a refusal.
    ///
    /// - Parameter isByLink: whether a link in the query has opened it, which the page itself knows: then no login counts.
    static func allowsWebSocket(
        _ head: HTTPRequestHead, _ policy: CORSPolicy, host: String?, originInQuery: String? = nil, isByLink: Bool = false
    ) -> Bool {
        guard let origin = (head.headers.first(name: "Origin") ?? originInQuery)?.lowercased() else { return true }
        if let host, origin == "http://\(host)" || origin == "https://\(host)" { return true }
        switch policy {
        case .anyone: return isByLink || !head.headers.contains(name: "Cookie") && !head.headers.contains(name: "Authorization")
        case .nobody: return false
        case .origins(let origins): return origins.contains(origin)
        }
    }
}
