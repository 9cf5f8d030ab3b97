import NIOCore
import NIOWebSocket

/// Judges the frames of a WebSocket's client by RFC 6455: a value that decides, while the handler acts.
struct WebSocketInbox {
    /// What the handler has to do after a frame.
    enum Action: Equatable {
        case nothing
        /// A whole binary message.
        case message(ByteBuffer)
        /// A whole text message, on a WebSocket that takes texts.
        case text(ByteBuffer)
        /// A pong with these bytes is due (5.5.3).
        case pong(ByteBuffer)
        /// The client ends; a close frame with these bytes is due (5.5.1).
        case close(ByteBuffer)
        /// The frame is forbidden; a close frame with this code is due.
        case fail(WebSocketErrorCode)
    }

    /// The most bytes that a client may send in one message, control frames included; an acknowledgement has 8.
    static let maxMessageBytes = 125

    private let maxMessageBytes: Int
    private let wantsTexts: Bool
    /// The message that arrives in pieces: its kind, and its bytes so far.
    private var message: (opcode: WebSocketOpcode, bytes: ByteBuffer)?
    /// Frames after the end are ignored.
    private var hasEnded = false

    init(maxMessageBytes: Int = Self.maxMessageBytes, wantsTexts: Bool = false) {
        self.maxMessageBytes = maxMessageBytes
        self.wantsTexts = wantsTexts
    }

    /// Takes the next frame.
    mutating func take(_ frame: WebSocketFrame) -> Action {
        guard !hasEnded else { return .nothing }
        let action = judge(frame)
        switch action {
        case .close, .fail: hasEnded = true
        case .nothing, .message, .text, .pong: break
        }
        return action
    }

    private mutating func judge(_ frame: WebSocketFrame) -> Action {
        // A client masks its frames (5.1), and no extension that uses the reserved bits was agreed on (5.2).
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .fail(.protocolError) }
        let data = frame.unmaskedData
        switch frame.opcode {
        case .ping: return .pong(data)
        case .pong: return .nothing
        case .connectionClose: return Self.answer(toClose: data)
        case .binary, .text:
            guard message == nil else { return .fail(.protocolError) }
            return add(data, of: frame.opcode, isLast: frame.fin)
        case .continuation:
            guard let opcode = message?.opcode else { return .fail(.protocolError) }
            return add(data, of: opcode, isLast: frame.fin)
        default: return .fail(.protocolError)
        }
    }

    private mutating func add(_ data: ByteBuffer, of opcode: WebSocketOpcode, isLast: Bool) -> Action {
        // Moved out, so that a long message is not copied for each of its pieces.
        var bytes = message?.bytes ?? ByteBuffer()
        message = message.map { ($0.opcode, ByteBuffer()) }
        guard bytes.readableBytes + data.readableBytes <= maxMessageBytes else { return .fail(.messageTooLarge) }
        if bytes.readableBytes == 0 { bytes = data } else { bytes.writeImmutableBuffer(data) }
        guard isLast else {
            message = (opcode, bytes)
            return .nothing
        }
        message = nil
        if opcode == .binary { return .message(bytes) }
        return Self.isText(bytes) ? (wantsTexts ? .text(bytes) : .nothing) : .fail(.dataInconsistentWithMessage)
    }

    /// A close frame is answered with its own code (5.5.1), if that code may be sent (7.4).
    private static func answer(toClose data: ByteBuffer) -> Action {
        guard data.readableBytes > 0 else { return .close(data) }
        guard let code = data.getInteger(at: data.readerIndex, as: UInt16.self) else { return .fail(.protocolError) }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: return .fail(.protocolError)
        }
        let reason = data.getSlice(at: data.readerIndex + 2, length: data.readableBytes - 2) ?? ByteBuffer()
        guard isText(reason) else { return .fail(.dataInconsistentWithMessage) }
        return .close(data.getSlice(at: data.readerIndex, length: 2) ?? ByteBuffer())
    }

    private static func isText(_ bytes: ByteBuffer) -> Bool {
        String(validating: bytes.readableBytesView, as: UTF8.self) != nil
    }
}
