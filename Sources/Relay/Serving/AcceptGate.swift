import NIOCore

/// Stops accepting while all places for connections are taken: those that wait are served as soon as one is free, and the
/// relay keeps the descriptors that it needs itself.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = Channel
    typealias OutboundIn = Channel

    /// How often a full relay looks for a free place.
    private static let interval = TimeAmount.milliseconds(50)

    /// A crowd that comes at once is let in between two frames, not four at a time.
    private static let maxAtOnce = 64

    private let descriptors: Descriptors
    private var isHolding = false

    init(_ descriptors: Descriptors) {
        self.descriptors = descriptors
    }

    func read(context: ChannelHandlerContext) {
        let room = descriptors.roomPerListener
        guard room <= 0 else {
            try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(min(room, Self.maxAtOnce)))
            context.read()
            return
        }
        guard !isHolding else { return }
        isHolding = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.interval) {
            let (gate, context) = bound.value
            gate.isHolding = false
            gate.read(context: context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let (channel, descriptors) = (unwrapInboundIn(data), descriptors)
        let hasRoom = descriptors.connectionOpened()
        channel.closeFuture.whenComplete { _ in descriptors.connectionClosed() }
        // Other listeners have taken the places since this one looked.
        guard hasRoom else { return channel.close(promise: nil) }
        context.fireChannelRead(data)
    }
}

@available(*, unavailable) extension AcceptGate: Sendable {}
