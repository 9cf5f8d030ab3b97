import NIOHTTP1

/// What a listener answers that only says where it is encrypted.
enum EncryptedRedirect {
    /// Leads to the same path and query at `port`, nil for the usual one, under the name that the request calls.
    static func answer(to head: HTTPRequestHead, port: Int?) -> HTTPAnswer {
        guard case .one(let host) = head.hostClaim else {
            return .text(.badRequest, "this is served over https only, and the request names no host to ask there")
        }
        let authority = host.name + (port.map { $0 == 443 ? "" : ":\($0)" } ?? "")
        // 301 and not 308, which older programs do not follow; nothing but GET and HEAD comes here.
        return .text(
            .movedPermanently, "this is served over https only", headers: ["Location": "https://\(authority)\(pathAndQuery(head.uri))"])
    }

    /// Without scheme and host, which a request to a proxy has.
    private static func pathAndQuery(_ uri: String) -> Substring {
        guard uri.first != "/" else { return uri[...] }
        let rest = uri.firstRange(of: "://").map { uri[$0.upperBound...] } ?? uri[...]
        return rest.firstIndex { $0 == "/" }.map { rest[$0...] } ?? "/"
    }
}
