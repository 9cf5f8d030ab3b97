import NIOHTTP1

extension HTTPRequestHead {
    /// Whether bytes other than a next request may follow this head.
    var hasBody: Bool {
        headers.contains(name: "Transfer-Encoding") || headers["Content-Length"].contains { $0 != "0" }
    }
}
