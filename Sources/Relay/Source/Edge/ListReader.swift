import CameraClient
import NIOCore
import NIOWebSocket

/// Reads another relay's lists of sources. The last handler of a WebSocket that we have opened; bound to its event loop.
final class ListReader: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private static let pingInterval = TimeAmount.seconds(5)
    private static let maxSilence = TimeAmount.seconds(20)
    /// Lists that come faster than this are more than a relay sends, in one ``pingInterval``.
    private static let maxLists = 100

    private let ending: RelayCamera.Ending
    private let take: ([ListedSource]) -> Void
    private var context: ChannelHandlerContext?
    private var clock: RepeatedTask?
    private var lastWord = NIODeadline.now()
    private var lists = 0

    init(_ ending: RelayCamera.Ending, take: @escaping ([ListedSource]) -> Void) {
        self.ending = ending
        self.take = take
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: Self.pingInterval, delay: Self.pingInterval) { _ in bound.value.look()
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end("the other relay's list cannot be read") }

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
        guard frame.fin, frame.maskKey == nil else { return end("the other relay's list cannot be read") }
        switch frame.opcode {
        case .text:
            lists += 1
            guard lists <= Self.maxLists else { return end("the other relay sends lists without end") }
            take(ListedSource.read(String(buffer: frame.data)))
        case .ping: send(.pong, frame.data)
        case .pong: break
        case .connectionClose: end("the other relay has closed the connection")
        default: end("the other relay's list cannot be read")
        }
    }

    private func look() {
        lists = 0
        guard NIODeadline.now() - lastWord < Self.maxSilence else { return end("no sign of life from the other relay") }
        send(.ping, ByteBuffer())
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        guard let context, context.channel.isWritable else { return }
        var payload = payload
        context.writeAndFlush(NIOAny(MaskedFrame.make(opcode, &payload)), promise: nil)
    }
}

@available(*, unavailable) extension ListReader: Sendable {}
