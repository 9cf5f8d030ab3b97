import Glibc
import NIOCore

/// Accepts no more connections than there is room for: those beyond wait in the system's queue and are served as soon as a place
/// is free, and the relay keeps the descriptors that it needs itself.
///
/// A listener asks for places before it accepts, since many listeners may see the same free place. Its channel does not read by
/// itself: it begins with the first `read()`, and from then on reads when the gate asks it to.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = Channel
    typealias OutboundIn = Channel

    /// How often a listener looks who waits, while there is not room enough for every listener to wait with places of its own.
    private static let interval = TimeAmount.milliseconds(50)

    /// A crowd that comes at once is let in between two frames, not four at a time.
    private static let maxAtOnce = 64

    private let descriptors: Descriptors
    private var context: ChannelHandlerContext?
    /// Places that were given to this listener and are not taken yet.
    private var places = 0
    private var look: Scheduled<Void>?

    init(_ descriptors: Descriptors) {
        self.descriptors = descriptors
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        descriptors.add(ObjectIdentifier(self)) { eventLoop.execute { bound.value.givePlacesBack() } }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        look?.cancel()
        descriptors.remove(ObjectIdentifier(self))
        descriptors.givePlacesBack(places)
        places = 0
        self.context = nil
    }

    func read(context: ChannelHandlerContext) {
        descriptors.givePlacesBack(places)
        places = descriptors.takePlaces(atMost: Self.maxAtOnce)
        if places == 0, Self.isAwaited(context.channel) { places = descriptors.takePlace() ? 1 : 0 }
        guard places > 0 else { return lookLater(context) }
        try? context.channel.syncOptions?.setOption(.maxMessagesPerRead, value: UInt(places))
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        places = max(0, places - 1)
        descriptors.connectionOpened()
        let descriptors = descriptors
        unwrapInboundIn(data).closeFuture.whenComplete { _ in descriptors.connectionClosed() }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        read(context: context)
    }

    private func lookLater(_ context: ChannelHandlerContext) {
        guard look == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        look = context.eventLoop.scheduleTask(in: Self.interval) {
            let gate = bound.value
            gate.look = nil
            if let context = gate.context { gate.read(context: context) }
        }
    }

    /// Accepts no longer by itself: others need the places.
    private func givePlacesBack() {
        guard let context, places > 0, let options = context.channel.syncOptions else { return }
        // The only way to end a read that waits.
        try? options.setOption(.autoRead, value: true)
        try? options.setOption(.autoRead, value: false)
        read(context: context)
    }

    /// Whether somebody waits to be accepted.
    private static func isAwaited(_ channel: any Channel) -> Bool {
        let isAwaited = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return Glibc.poll(&poll, 1, 0) > 0
        }
        return isAwaited ?? true
    }
}

@available(*, unavailable) extension AcceptGate: Sendable {}
