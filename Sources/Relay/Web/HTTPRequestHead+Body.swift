import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the method is one that brings a body.
    var bringsBody: Bool { method == .POST || method == .PUT }

    /// Whether a body may follow this head. A length of 0 (Java's WebSocket client) and `Transfer-Encoding: identity` mean that there is no
    /// body.
    var hasBody: Bool {
        headers[canonicalForm: "Transfer-Encoding"].contains { $0.lowercased() != "identity" }
            || headers[canonicalForm: "Content-Length"].contains { $0.contains { $0 != "0" } }
    }
}
