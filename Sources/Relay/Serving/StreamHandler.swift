import MJPEG
import NIOCore
import NIOHTTP1
import Pacing

/// A connection that has become a stream: writes the response's head and then parts, each in one piece, and throws away what the
/// viewer sends.
///
/// Bound to its channel's event loop.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let shard: HubShard
    private let request: StreamRequest
    private let seat: Seat
    private let makeOutlet: (any Channel) -> Outlet
    /// Nil before the channel is active and after the stream has ended here.
    private var outlet: Outlet?
    private var viewer: Viewer?

    /// `shard` is the source's on the channel's event loop; `makeOutlet` is called once, when the channel is active.
    init(shard: HubShard, request: StreamRequest, seat: Seat, makeOutlet: @escaping (any Channel) -> Outlet) {
        self.shard = shard
        self.request = request
        self.seat = seat
        self.makeOutlet = makeOutlet
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard outlet == nil else { return }
        let outlet = makeOutlet(context.channel)
        self.outlet = outlet
        outlet.owner = self
        outlet.origin = request.origin
        try? context.channel.syncOptions?.setOption(Listener.unsentLowWater, value: Listener.unsentLowWaterBytes)
        outlet.send(StreamResponse.opening(request.form, request.headers))
        let viewer = Viewer(
            shard: shard, connection: self, origin: request.origin, admission: request.admission, wishes: request.wishes,
            isCapped: request.isCapped, watchEnd: seat.watchTime?.end, waitsForSlot: seat.waitsForSlot)
        self.viewer = viewer
        viewer.start()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelReadComplete(context: ChannelHandlerContext) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A client that shuts its sending side still watches; one that is gone answers the next frame with a reset.
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        outlet?.peerFinished()
        // Over TLS a goodbye is one for both directions (RFC 5246, 7.2.1), and whoever says it may wait for the answer.
        if case .wrapped? = outlet?.transport { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What stands behind the request is thrown away, readable or not: the decoder meets it before it is taken out.
        if error is HTTPParserError { return }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        outlet?.channelClosed()
        leave()
        outlet = nil
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        outlet?.channelClosed()
        leave()
        outlet = nil
    }

    /// Stops watching. Drops what leads back here: viewer and handler hold each other.
    private func leave() {
        viewer?.stop()
        seat.leave(viewer)
        viewer = nil
    }
}

extension StreamHandler: OutletOwner {
    func outletDrained() { viewer?.frameLeft() }
}

extension StreamHandler: ViewerConnection {
    var isReady: Bool { outlet?.isDrained ?? false }

    var isDrained: Bool { outlet?.isDrained ?? false }

    var isAcknowledged: Bool { false }

    var sample: PathSample { outlet?.sample ?? PathSample(unsent: 0) }

    var backlog: Int { outlet?.backlog ?? 0 }

    func write(_ newest: Hub.Newest) -> Int {
        let part = request.form.part(of: newest.frame)
        outlet?.send(part)
        return part.readableBytes
    }

    func end(with last: Frame?) {
        leave()
        if let last { outlet?.send(request.form.lastPart(of: last)) }
        outlet?.finish()
    }
}

@available(*, unavailable) extension StreamHandler: Sendable {}
