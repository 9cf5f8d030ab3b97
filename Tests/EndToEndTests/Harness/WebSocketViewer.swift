import NIOCore
import TestSupport

/// A client of a WebSocket listener, over raw bytes: the handshake, masked frames out, unmasked frames in (RFC 6455).
struct WebSocketViewer: Sendable {
    /// One frame from the relay.
    struct Message: Sendable {
        let opcode: UInt8
        let isFinal: Bool
        let payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    let connection: TestConnection

    /// Asks for the upgrade; returns when the relay has agreed. The key and its answer are the example of RFC 6455, 1.3.
    static func open(port: Int, path: String = "/", reading: TestConnection.Reading = .atOnce) async throws -> WebSocketViewer {
        let viewer = try await TestViewer.open(port: port, reading: reading)
        try await viewer.ask(
            path,
            [
                "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Origin: http://page.example",
            ])
        let reply = try await viewer.head()
        guard reply.status == 101, reply["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
            throw HTTPReply.BadReply(reply.head)
        }
        return WebSocketViewer(connection: viewer.connection)
    }

    /// Reads one frame.
    func message() async throws -> Message {
        try await connection.take("a WebSocket frame") { bytes, _ in try Self.read(&bytes) }
    }

    /// Sends one frame, masked with nought.
    func send(opcode: UInt8, _ payload: [UInt8] = []) async throws {
        var frame: [UInt8] = [0x80 | opcode]
        if payload.count < 126 {
            frame.append(0x80 | UInt8(payload.count))
        } else {
            frame += [0x80 | 126, UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count & 0xFF)]
        }
        try await connection.send(frame + [0, 0, 0, 0] + payload)
    }

    private static func read(_ bytes: inout ByteBuffer) throws -> Message? {
        guard let head = bytes.readBytes(length: 2) else { return nil }
        guard head[0] & 0x70 == 0, head[1] & 0x80 == 0 else { throw HTTPReply.BadReply("a WebSocket frame that begins with \(head)") }
        var length = Int(head[1])
        if length == 126 {
            guard let long = bytes.readInteger(as: UInt16.self) else { return nil }
            length = Int(long)
        } else if length == 127 {
            guard let long = bytes.readInteger(as: UInt64.self) else { return nil }
            length = Int(long)
        }
        guard let payload = bytes.readBytes(length: length) else { return nil }
        return Message(opcode: head[0] & 0x0F, isFinal: head[0] & 0x80 != 0, payload: payload)
    }
}
