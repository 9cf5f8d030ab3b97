import NIOCore
import NIOWebSocket

/// The frames that a WebSocket's client writes: their payload is masked (RFC 6455, 5.3).
enum MaskedFrame {
    /// A whole frame; the payload is changed in place.
    static func make(_ opcode: WebSocketOpcode, _ payload: inout ByteBuffer) -> ByteBuffer {
        let key = UInt32.random(in: .min ... .max)
        let length = payload.readableBytes
        var frame = ByteBufferAllocator().buffer(capacity: 14 + length)
        frame.writeInteger(UInt8(0x80) | UInt8(webSocketOpcode: opcode))
        switch length {
        case ...125: frame.writeInteger(UInt8(0x80 | length))
        case ...0xFFFF:
            frame.writeInteger(UInt8(0x80 | 126))
            frame.writeInteger(UInt16(length))
        default:
            frame.writeInteger(UInt8(0x80 | 127))
            frame.writeInteger(UInt64(length))
        }
        frame.writeInteger(key)
        mask(&payload, key)
        frame.writeBuffer(&payload)
        return frame
    }

    private static func mask(_ payload: inout ByteBuffer, _ key: UInt32) {
        let wide = UInt64(key.bigEndian) << 32 | UInt64(key.bigEndian)
        payload.withUnsafeMutableReadableBytes { bytes in
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < bytes.count {
                bytes[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (index % 4)))
                index += 1
            }
        }
    }
}
