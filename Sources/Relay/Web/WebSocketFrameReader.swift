import NIOCore
import NIOWebSocket

/// Reads a client's WebSocket frames (RFC 6455, 5.2), none of them longer than ``WebSocketInbox/maxMessageBytes``.
///
/// NIO's own decoder accepts lengths that are not written in the shortest way, and refuses a length only after it has the mask.
struct WebSocketFrameReader: ByteToMessageDecoder {
    typealias InboundOut = WebSocketFrame

    /// Why a frame is not read.
    enum Failure: Error {
        /// The frame's length, or the way in which the length is written, is not allowed.
        case forbidden
        /// The frame is longer than a client may send here.
        case tooLong

        /// The code of the close frame (RFC 6455, 7.4.1).
        var code: WebSocketErrorCode {
            switch self {
            case .forbidden: .protocolError
            case .tooLong: .messageTooLarge
            }
        }
    }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let frame = try Self.read(&buffer) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(frame))
        return .continue
    }

    /// The next frame; nil while not all of its bytes are there. Throws the reason for a close frame.
    static func read(_ buffer: inout ByteBuffer) throws(Failure) -> WebSocketFrame? {
        let start = buffer.readerIndex
        guard let first = buffer.getInteger(at: start, as: UInt8.self), let second = buffer.getInteger(at: start + 1, as: UInt8.self)
        else { return nil }
        let isControl = first & 0x08 != 0
        // Control frames are short and in one piece (5.5).
        if isControl, first & 0x80 == 0 || second & 0x7F > 125 { throw .forbidden }
        switch second & 0x7F {
        case 126:
            guard let length = buffer.getInteger(at: start + 2, as: UInt16.self) else { return nil }
            throw length > 125 ? .tooLong : .forbidden
        case 127:
            guard let length = buffer.getInteger(at: start + 2, as: UInt64.self) else { return nil }
            throw length > UInt64(UInt16.max) && length <= UInt64(Int64.max) ? .tooLong : .forbidden
        case let length:
            let isMasked = second & 0x80 != 0
            let headBytes = isMasked ? 6 : 2
            guard let data = buffer.getSlice(at: start + headBytes, length: Int(length)) else { return nil }
            let mask = isMasked ? buffer.getInteger(at: start + 2, as: UInt32.self) : nil
            buffer.moveReaderIndex(forwardBy: headBytes + Int(length))
            return WebSocketFrame(first, mask, data)
        }
    }
}

extension WebSocketFrame {
    /// Makes a frame from its first byte, the mask in network order, and the masked data.
    fileprivate init(_ first: UInt8, _ mask: UInt32?, _ data: ByteBuffer) {
        let key = mask.map { mask in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: mask >> $0) } }
        self.init(
            fin: first & 0x80 != 0, rsv1: first & 0x40 != 0, rsv2: first & 0x20 != 0, rsv3: first & 0x10 != 0,
            opcode: WebSocketOpcode(encodedWebSocketOpcode: first & 0x0F) ?? .binary, maskKey: key.flatMap { WebSocketMaskingKey($0) },
            data: data)
    }
}
