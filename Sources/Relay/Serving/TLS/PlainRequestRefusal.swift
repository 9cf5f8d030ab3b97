import NIOCore
import NIOHTTP1
import Text

/// Tells whoever asks in plain text where https is spoken, by the first byte of a connection: no handshake begins with a letter.
///
/// It stands next to the socket, and goes once it has seen that byte; bound to its channel's event loop.
final class PlainRequestRefusal: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long the refusal may take to arrive.
    private static let limit = TimeAmount.seconds(2)

    private var hasRefused = false
    private var timer: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What comes behind the first byte of a request is read and thrown away, so that the end is no reset.
        guard !hasRefused else { return }
        let bytes = unwrapInboundIn(data)
        if let first = bytes.readableBytesView.first, first.isLetter {
            return refuse(context)
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !hasRefused { context.fireChannelReadComplete() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard hasRefused else { return context.fireUserInboundEventTriggered(event) }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    private func refuse(_ context: ChannelHandlerContext) {
        hasRefused = true
        let answer = HTTPAnswer.text(.badRequest, "https is spoken at this port, and this request is plain http: ask for https://")
        var bytes = answer.head(for: nil, keepAlive: nil)
        bytes.writeImmutableBuffer(answer.body)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.limit) { channel.value.close(promise: nil) }
    }
}

@available(*, unavailable) extension PlainRequestRefusal: Sendable {}
