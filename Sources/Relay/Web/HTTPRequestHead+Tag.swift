import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the client already has the answer with this strong entity tag; a proxy may have made the tag weak (RFC 9110, 13.1.2).
    func knows(tag: String) -> Bool {
        headers[canonicalForm: "If-None-Match"].contains { $0 == "*" || $0 == tag || $0 == "W/" + tag }
    }
}
