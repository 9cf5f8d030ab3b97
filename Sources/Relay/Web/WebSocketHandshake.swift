import Digests
import NIOHTTP1
import Text

/// The request and answer that turn a connection into a WebSocket (RFC 6455, 4.2).
enum WebSocketHandshake {
    /// The fields of the 101 answer to `head`; nil where `head` is not a handshake of version 13, or has a body.
    static func answer(to head: HTTPRequestHead) -> HTTPHeaders? {
        guard head.method == .GET, head.version == .http1_1,
            head.headers[canonicalForm: "Connection"].contains(where: { $0.lowercased() == "upgrade" }),
            // A protocol may have a version behind it (RFC 9110, 7.8).
            head.headers[canonicalForm: "Upgrade"].contains(where: { $0.prefix(while: { $0 != "/" }).lowercased() == "websocket" }),
            head.headers[canonicalForm: "Sec-WebSocket-Version"].contains("13"), !head.hasBody,
            head.headers["Sec-WebSocket-Key"].count == 1, let key = head.headers.first(name: "Sec-WebSocket-Key"), key.utf8.count == 24
        else { return nil }
        let accept = Base64.encode(MessageDigest.sha1(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
        return ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept]
    }

    /// The answer to a request for the WebSocket that is not a handshake.
    static let required = HTTPAnswer.text(
        .upgradeRequired, "this address serves WebSocket clients only",
        headers: ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"]
    ).endingConnection
}
