import NIOHTTP1
import RelayConfiguration

/// Decides what other sites' pages may do with a picture: every page may show the picture, and `cors` says which pages' scripts may read
/// it.
enum PictureAccess {
    /// The header fields that say so in the answer to `head`.
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

    /// Whether a page may open a WebSocket to the relay, which browsers do not check themselves. A page of another origin never gets a
    /// WebSocket whose request carries a login or cookies: any site could see what its visitor may see.
    ///
    /// A page that wants to know why its WebSocket was refused asks with an ordinary request. In such a request to the page's own host,
    /// browsers leave out the origin, so the page names its origin in the query. A false origin there can only lead to a refusal.
    ///
    /// - Parameter isByLink: whether a link in the query has let the request in. The page itself knows the link, so a login in the request
    ///   does not matter.
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
