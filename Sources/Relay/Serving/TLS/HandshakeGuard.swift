import NIOCore
import NIOSSL
import NIOTLS

/// Keeps a connection from those behind it until its handshake is done, and ends it when that takes too long.
///
/// It stands behind the handler that encrypts; bound to its channel's event loop.
final class HandshakeGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// How long a handshake may take.
    static let limit = TimeAmount.seconds(10)

    private var isDone = false
    private var timer: Scheduled<Void>?

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: Self.limit) { channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted:
            timer?.cancel()
            timer = nil
            isDone = true
            context.fireChannelActive()
        case TLSUserEvent.shutdownCompleted:
            break
        default:
            // Whom a proxy speaks for is known before.
            if isDone || event is ProxiedClient { context.fireUserInboundEventTriggered(event) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard isDone else { return context.close(promise: nil) }
        // Whoever ends without a goodbye has ended all the same, of which an event tells; so has one of whom a goodbye was awaited.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        context.fireChannelInactive()
    }
}

@available(*, unavailable) extension HandshakeGuard: Sendable {}
