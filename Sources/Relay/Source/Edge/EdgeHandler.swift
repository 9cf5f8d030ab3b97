import CameraClient
import MJPEG
import NIOCore
import NIOWebSocket
import Text

/// A connection over which a source of another relay comes: acknowledges each frame and passes on what is said of the camera there.
///
/// The last handler of a WebSocket that we have opened; bound to its event loop, which is the source's.
final class EdgeHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// How often a sign of life is asked for, and how long one is awaited.
    private static let pingInterval = TimeAmount.seconds(5)
    private static let maxSilence = TimeAmount.seconds(20)
    private static let lookInterval = TimeAmount.seconds(1)
    /// Messages without a picture, one behind the other, after which the connection ends.
    private static let maxBadMessages = 16

    private let sink: FrameSink
    private let ending: RelayCamera.Ending
    private var context: ChannelHandlerContext?
    private var clock: RepeatedTask?
    private var lastWord = NIODeadline.now()
    private var lastPing = NIODeadline.now()
    private var badMessages = 0
    private var description = CameraDescription()

    init(sink: FrameSink, ending: RelayCamera.Ending) {
        self.sink = sink
        self.ending = ending
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        description.address = context.remoteAddress.map { CameraText("\(ViewerOrigin.address($0))", hiding: Secrets()) }
        sink.connected(description)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { _ in
            bound.value.look()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: end("a picture of the other relay is larger than max_frame_size")
        case is NIOWebSocketError: end("the other relay's messages cannot be read")
        default: end("the connection broke: \(error)".shown(limit: 200))
        }
    }

    private func leave() {
        clock?.cancel()
        clock = nil
        context = nil
    }

    private func end(_ reason: String) {
        ending.note(.connection(reason: reason))
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastWord = .now()
        let frame = unwrapInboundIn(data)
        guard frame.maskKey == nil, frame.fin || frame.opcode != .text else { return end("the other relay's messages cannot be read") }
        switch frame.opcode {
        case .binary where frame.fin: take(frame.data)
        case .text: take(String(buffer: frame.data))
        case .ping: send(.pong, frame.data)
        case .pong: break
        case .connectionClose:
            let code = frame.data.getInteger(at: frame.data.readerIndex, as: UInt16.self)
            end("the other relay has closed the connection" + (code.map { " (\($0))" } ?? ""))
        default: end("the other relay's messages cannot be read")
        }
    }

    private func take(_ message: ByteBuffer) {
        guard let message = RelayWire.read(message),
            let frame = Frame(jpeg: message.jpeg, timestamp: message.time, kind: message.kind, upstreamTimestamp: message.time)
        else {
            badMessages += 1
            if badMessages >= Self.maxBadMessages { end("the other relay's messages are no whole JPEGs") }
            return
        }
        badMessages = 0
        sink.frame(frame)
        send(.binary, RelayWire.acknowledgement(of: message.sequence))
    }

    private func take(_ text: String) {
        guard text.utf8.count <= RelayWire.maxTextBytes else { return end("the other relay's messages cannot be read") }
        if text == RelayWire.unchanged { return sink.unchanged() }
        if let patience = RelayWire.patience(text) {
            description.stallTimeout = patience
            return sink.connected(description)
        }
        guard let told = RelayWire.state(text) else { return }
        sink.told(told.state, told.sentence.map { .relaySays(code: told.code ?? "relay", reason: $0) })
    }

    private func look() {
        let now = NIODeadline.now()
        if now - lastWord >= Self.maxSilence {
            return end("no sign of life from the other relay for \(Self.maxSilence.nanoseconds / 1_000_000_000) s")
        }
        guard now - lastPing >= Self.pingInterval else { return }
        lastPing = now
        send(.ping, ByteBuffer())
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        guard let context else { return }
        // Whoever does not read must not make us keep what we say.
        guard context.channel.isWritable else { return end("the other relay does not read what it is told") }
        var payload = payload
        context.writeAndFlush(NIOAny(MaskedFrame.make(opcode, &payload)), promise: nil)
    }
}

@available(*, unavailable) extension EdgeHandler: Sendable {}
