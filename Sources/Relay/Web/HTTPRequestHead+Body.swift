import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the request brings something, by its method.
    var bringsBody: Bool { method == .POST || method == .PUT }

    /// Whether bytes other than a next request may follow this head. Java's WebSocket client sends a length of 0, others
    /// `Transfer-Encoding: identity`, which means none.
    var hasBody: Bool {
        headers[canonicalForm: "Transfer-Encoding"].contains { $0.lowercased() != "identity" }
            || headers[canonicalForm: "Content-Length"].contains { $0.contains { $0 != "0" } }
    }
}
