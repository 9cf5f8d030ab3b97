import NIOHTTP1

extension RelayWire {
    /// Whether a request for a source's WebSocket is one of a relay.
    static func isWatch(_ headers: HTTPHeaders) -> Bool {
        headers[canonicalForm: "Sec-WebSocket-Protocol"].contains { $0 == watchName }
    }
}
