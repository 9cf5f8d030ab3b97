import NIOHTTP1

/// The answers of a listener that only redirects to https.
enum EncryptedRedirect {
    /// Redirects to the same path and query at `port` (nil: the usual port of https), under the host name of the request.
    static func answer(to head: HTTPRequestHead, port: Int?) -> HTTPAnswer {
        guard case .one(let host) = head.hostClaim else {
            return .text(.badRequest, "this is served over https only, and the request names no host to ask there")
        }
        let authority = host.name + (port.map { $0 == 443 ? "" : ":\($0)" } ?? "")
        // 301 and not 308, which older programs do not follow; only GET and HEAD come here.
        return .text(
            .movedPermanently, "this is served over https only", headers: ["Location": "https://\(authority)\(pathAndQuery(head.uri))"])
    }

    /// The target without the scheme and host that a request to a proxy has.
    private static func pathAndQuery(_ uri: String) -> Substring {
        guard uri.first != "/" else { return uri[...] }
        let rest = uri.firstRange(of: "://").map { uri[$0.upperBound...] } ?? uri[...]
        return rest.firstIndex { $0 == "/" }.map { rest[$0...] } ?? "/"
    }
}
