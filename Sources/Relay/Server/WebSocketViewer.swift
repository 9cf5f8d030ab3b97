import NIOCore
import NIOWebSocket

/// A viewer over WebSocket: each frame is one message. It takes the newest frame when the last one has left, and with
/// acknowledgements when the client has said that it has seen it, so that nothing queues in a browser either.
///
/// The last handler of a connection that ``RequestHandler`` has upgraded; bound to its event loop.
final class WebSocketViewer: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// The most that a client may send in one message, control frames included.
    static let maxMessageBytes = 125

    private let shard: HubShard
    private let request: Server.WebSocketRequest
    private let seat: Seat
    /// Nil once it has given its seat back.
    private var viewer: Viewer?
    /// Nil before the handler stands in the pipeline and after the channel is gone.
    private var context: ChannelHandlerContext?
    private var socket: ViewerSocket?
    /// The frame that the client has not acknowledged yet.
    private var unacknowledged: UInt64?
    /// Bytes of the message that is coming in pieces.
    private var messageBytes = 0

    /// `shard` is the source's on the channel's event loop.
    init(shard: HubShard, request: Server.WebSocketRequest, seat: Seat) {
        self.shard = shard
        self.request = request
        self.seat = seat
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        socket = ViewerSocket(context.channel)
        try? context.channel.syncOptions?.setOption(Listener.unsentLowWater, value: Listener.unsentLowWaterBytes)
        let viewer = Viewer(
            hub: seat.source.hub, shard: shard, connection: self, origin: request.origin, wishes: request.wishes)
        self.viewer = viewer
        viewer.start()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        // A client masks what it sends (RFC 6455, 5.1).
        guard frame.maskKey != nil else { return end(.protocolError) }
        switch frame.opcode {
        case .binary, .text, .continuation:
            messageBytes += frame.length
            guard messageBytes <= Self.maxMessageBytes else { return end(.messageTooLarge) }
            if frame.fin { messageBytes = 0 }
            if frame.opcode == .binary, frame.fin { acknowledge(frame.unmaskedData) }
        case .ping where context.channel.isWritable:
            // While a picture is in flight a ping goes unanswered: answers to a client that does not read would pile up.
            context.writeAndFlush(wrapOutboundOut(WebSocketWire.control(.pong, frame.unmaskedData)), promise: nil)
        case .connectionClose:
            if context.channel.isWritable {
                context.writeAndFlush(wrapOutboundOut(WebSocketWire.control(.connectionClose, frame.unmaskedData)), promise: nil)
            }
            context.close(promise: nil)
        default:
            break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if hasLeft { viewer?.left() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: end(.messageTooLarge)
        case is NIOWebSocketError: end(.protocolError)
        default: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    private func stop() {
        context = nil
        socket = nil
        guard let viewer else { return }
        self.viewer = nil
        viewer.stop()
        seat.leave(viewer)
    }

    /// Takes a client's word that it has seen a frame: 8 bytes, the sequence number. Others are passed over.
    private func acknowledge(_ message: ByteBuffer) {
        guard message.readableBytes == 8, let sequence = message.getInteger(at: message.readerIndex, as: UInt64.self),
            sequence == unacknowledged
        else { return }
        unacknowledged = nil
        if hasLeft { viewer?.left() }
    }

    /// Says why, then closes.
    private func end(_ code: WebSocketErrorCode) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(WebSocketWire.close(code)), promise: nil)
        context.close(promise: nil)
    }
}

extension WebSocketViewer: ViewerConnection {
    var isReady: Bool { unacknowledged == nil && hasLeft }

    var isAcknowledged: Bool { request.form == .binary(acknowledged: true) }

    func backlog(mayBeSlow: Bool) -> Int { socket?.backlog(mayBeSlow: mayBeSlow) ?? 0 }

    var bufferedBytes: Int { context?.channel.bufferedBytes ?? 0 }
    var hasLeft: Bool { context?.channel.isWritable == true }

    /// Writes the small head and the shared payload, and flushes once: one system call, no copy of the picture.
    func write(_ newest: Hub.Newest) -> Int {
        guard let context else { return 0 }
        let head: ByteBuffer
        let payload: ByteBuffer
        switch request.form {
        case .binary(let acknowledged):
            head = WebSocketWire.head(of: newest)
            payload = newest.frame.jpeg
            if acknowledged { unacknowledged = newest.sequence }
        case .dataURL:
            payload = shard.dataURL(of: newest)
            head = WebSocketWire.head(.text, length: payload.readableBytes)
        }
        context.write(wrapOutboundOut(head), promise: nil)
        context.writeAndFlush(wrapOutboundOut(payload), promise: nil)
        return head.readableBytes + payload.readableBytes
    }

    func close() { end(.goingAway) }
}

@available(*, unavailable) extension WebSocketViewer: Sendable {}
