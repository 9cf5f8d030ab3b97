import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the client has what a strong entity tag names, which a proxy may have weakened (RFC 9110, 13.1.2).
    func knows(tag: String) -> Bool {
        headers[canonicalForm: "If-None-Match"].contains { $0 == "*" || $0 == tag || $0 == "W/" + tag }
    }
}
