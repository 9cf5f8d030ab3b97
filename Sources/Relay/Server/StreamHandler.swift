import MJPEG
import NIOCore

/// A connection that has become a stream: writes the response's head and then parts, each in one piece straight to the
/// socket, and throws away what the viewer sends.
///
/// Nothing stands between it and the socket. Bound to its channel's event loop.
final class StreamHandler: ChannelInboundHandler, ViewerConnection {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shard: HubShard
    private let request: Server.StreamRequest
    private let seat: Seat
    private var viewer: Viewer?
    private var context: ChannelHandlerContext?
    private var socket: ViewerSocket?
    /// Whether the channel holds what the socket did not take.
    private var isPending = false

    /// `shard` is the source's on the channel's event loop.
    init(shard: HubShard, request: Server.StreamRequest, seat: Seat) {
        self.shard = shard
        self.request = request
        self.seat = seat
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        self.context = context
        socket = ViewerSocket(context.channel)
        try? context.channel.syncOptions?.setOption(Listener.unsentLowWater, value: Listener.unsentLowWaterBytes)
        // An answer before this one may still be in the channel.
        isPending = !context.channel.isWritable
        send(StreamResponse.opening(request))
        let viewer = Viewer(
            hub: seat.source.hub, shard: shard, connection: self, origin: request.origin, wishes: request.wishes)
        self.viewer = viewer
        viewer.start()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelReadComplete(context: ChannelHandlerContext) {}

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        isPending = !context.channel.isWritable
        if !isPending { viewer?.left() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    var hasLeft: Bool { !isPending }

    var isReady: Bool { !isPending }

    var isAcknowledged: Bool { false }

    func backlog(mayBeSlow: Bool) -> Int { socket?.backlog(mayBeSlow: mayBeSlow) ?? 0 }

    var bufferedBytes: Int { context?.channel.bufferedBytes ?? 0 }

    func write(_ newest: Hub.Newest) -> Int {
        let part = request.form.part(of: newest.frame)
        send(part)
        return part.readableBytes
    }

    func close() {
        context?.close(promise: nil)
    }

    /// Sends what the socket takes; the channel keeps the rest until it takes more.
    private func send(_ bytes: ByteBuffer) {
        guard let context else { return }
        var rest = bytes
        if !isPending { socket?.send(&rest) }
        guard rest.readableBytes > 0 else { return }
        isPending = true
        context.writeAndFlush(wrapOutboundOut(rest), promise: nil)
        isPending = !context.channel.isWritable
    }

    /// Drops everything that leads back here: viewer and handler hold each other.
    private func stop() {
        viewer?.stop()
        seat.leave(viewer)
        viewer = nil
        context = nil
        socket = nil
        isPending = true
    }
}

@available(*, unavailable) extension StreamHandler: Sendable {}
