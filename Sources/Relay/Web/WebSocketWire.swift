import NIOCore
import NIOWebSocket

/// The bytes that the relay writes to a WebSocket (RFC 6455, 5.2). The head of a frame is written alone, so that the payload can be the
/// buffer that all viewers share. Frames are unmasked and unfragmented.
enum WebSocketWire {
    /// The bytes of a binary message before the JPEG: sequence number and time.
    static let prefixBytes = 16

    /// The head of a frame with `length` bytes of payload.
    static func head(_ opcode: WebSocketOpcode, length: Int, reserving more: Int = 0) -> ByteBuffer {
        var head = ByteBufferAllocator().buffer(capacity: 10 + more)
        head.writeInteger(UInt8(0x80) | UInt8(webSocketOpcode: opcode))
        switch length {
        case ...125: head.writeInteger(UInt8(length))
        case ...0xFFFF:
            head.writeInteger(UInt8(126))
            head.writeInteger(UInt16(length))
        default:
            head.writeInteger(UInt8(127))
            head.writeInteger(UInt64(length))
        }
        return head
    }

    /// The head of a binary message for `newest`, sequence number and time included; the JPEG follows.
    static func head(of newest: Hub.Newest) -> ByteBuffer {
        var head = head(.binary, length: prefixBytes + newest.frame.jpegLength, reserving: prefixBytes)
        head.writeInteger(newest.sequence)
        head.writeInteger(UInt64(clamping: newest.frame.timestamp.microseconds / 1000))
        return head
    }

    /// The same as relays have it among themselves.
    static func relayHead(of newest: Hub.Newest) -> ByteBuffer {
        let prefix = RelayWire.prefixBytes
        var head = head(.binary, length: prefix + newest.frame.jpegLength, reserving: prefix)
        RelayWire.writePrefix(of: newest.frame, sequence: newest.sequence, into: &head)
        return head
    }

    /// A whole control frame; its payload is at most 125 bytes.
    static func control(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) -> ByteBuffer {
        var frame = head(opcode, length: payload.readableBytes, reserving: payload.readableBytes)
        frame.writeImmutableBuffer(payload)
        return frame
    }

    /// A close frame that says why.
    static func close(_ code: WebSocketErrorCode) -> ByteBuffer {
        var payload = ByteBuffer()
        payload.write(webSocketErrorCode: code)
        return control(.connectionClose, payload)
    }
}
