import MJPEG
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Pacing

/// A viewer over WebSocket: each frame is one message. It takes the newest frame when the last one has left, and with
/// acknowledgements when the client has said that it has seen it, so that nothing queues in a browser either.
///
/// The last handler of a connection that ``RequestHandler`` has given away; bound to its event loop.
final class WebSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let shard: HubShard
    private let request: WebSocketRequest
    private let seat: Seat
    private let outlet: Outlet
    /// Nil once the seat is given back.
    private var viewer: Viewer?
    private var inbox = WebSocketInbox()
    /// The answer to the newest ping, while a frame is in flight; older pings need none (RFC 6455, 5.5.3).
    private var pong: ByteBuffer?
    private var isEnding = false
    /// What a relay is told besides its frames; nil for other viewers.
    private let teller: RelayTeller?
    private var tellingClock: RepeatedTask?

    /// `shard` is the source's on the channel's event loop.
    init(shard: HubShard, request: WebSocketRequest, seat: Seat, outlet: Outlet, teller: RelayTeller? = nil) {
        self.teller = teller
        self.shard = shard
        self.request = request
        self.seat = seat
        self.outlet = outlet
    }

    /// Puts a handler behind those of HTTP and takes these out.
    static func take(
        over outlet: Outlet, in pipeline: ChannelPipeline.SynchronousOperations, shard: HubShard, _ request: WebSocketRequest, _ seat: Seat,
        teller: RelayTeller? = nil
    ) throws {
        try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameReader()))
        try pipeline.addHandler(WebSocketHandler(shard: shard, request: request, seat: seat, outlet: outlet, teller: teller))
        if let requests = try? pipeline.handler(type: RequestHandler.self) { pipeline.removeHandler(requests, promise: nil) }
        // Removed last, the decoder passes on what it has read behind the request; by then only WebSocket handlers are behind it.
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        outlet.channel.read()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        outlet.owner = self
        outlet.origin = request.origin
        try? context.channel.syncOptions?.setOption(Listener.unsentLowWater, value: Listener.unsentLowWaterBytes)
        let viewer = Viewer(
            shard: shard, connection: self, origin: request.origin, admission: request.admission, wishes: request.wishes,
            isCapped: request.isCapped, watchEnd: seat.watchTime?.end, waitsForSlot: seat.waitsForSlot)
        self.viewer = viewer
        if let teller {
            teller.begin()
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            tellingClock = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: RelayTeller.interval) { _ in
                bound.value.tell()
            }
        }
        viewer.start()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch inbox.take(unwrapInboundIn(data)) {
        case .nothing, .text: break
        case .message(let bytes): acknowledge(bytes)
        case .pong(let bytes):
            pong = WebSocketWire.control(.pong, bytes)
            if outlet.isDrained { sendPong() }
        case .close(let bytes): end(with: WebSocketWire.control(.connectionClose, bytes))
        case .fail(let code): end(with: WebSocketWire.close(code))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // No WebSocket client goes on without its sending side.
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            outlet.peerFinished()
            leave()
            outlet.finish()
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let failure as WebSocketFrameReader.Failure: end(with: WebSocketWire.close(failure.code))
        default: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        outlet.channelClosed()
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        outlet.channelClosed()
        leave()
    }

    /// Stops watching. Drops what leads back here: viewer and handler hold each other.
    private func leave() {
        guard let viewer else { return }
        self.viewer = nil
        tellingClock?.cancel()
        tellingClock = nil
        teller?.end()
        viewer.stop()
        seat.leave(viewer)
    }

    /// Takes a client's word that it has seen a frame, and so those before it: 8 bytes, the sequence number. Others are passed over.
    private func acknowledge(_ message: ByteBuffer) {
        guard message.readableBytes == 8, let sequence = message.getInteger(at: message.readerIndex, as: UInt64.self),
            let viewer, let awaitsMore = viewer.frameSeen(sequence)
        else { return }
        // Each word is a sign of life, and gives as long again for the next.
        outlet.awaitsWord = false
        if awaitsMore { outlet.awaitsWord = true }
        if outlet.isDrained { viewer.frameLeft() }
    }

    /// Tells a relay what it has not been told yet; what finds no room waits for the next look.
    private func tell() {
        guard let teller, !isEnding, viewer != nil, outlet.isDrained, let text = teller.next() else { return }
        outlet.send(WebSocketWire.control(.text, ByteBuffer(string: text)))
    }

    private func sendPong() {
        guard let pong, !isEnding else { return }
        self.pong = nil
        outlet.send(pong)
    }

    /// Says why, behind the frame in flight, and ends the connection.
    private func end(with closeFrame: ByteBuffer) {
        guard !isEnding else { return }
        isEnding = true
        leave()
        outlet.awaitsWord = false
        outlet.send(closeFrame)
        outlet.finish()
    }
}

extension WebSocketHandler: OutletOwner {
    func outletDrained() {
        sendPong()
        if outlet.isDrained { viewer?.frameLeft() }
    }
}

extension WebSocketHandler: ViewerConnection {
    var isReady: Bool { outlet.isDrained }

    var isDrained: Bool { outlet.isDrained }

    var isAcknowledged: Bool { request.form == .binary(acknowledged: true) || request.form == .relay }

    var isRelay: Bool { request.form == .relay }

    var sample: PathSample { outlet.sample }

    var backlog: Int { outlet.backlog }

    /// Sends the small head and the shared payload with one call; the picture is not copied.
    func write(_ newest: Hub.Newest) -> Int {
        let head: ByteBuffer
        let payload: ByteBuffer
        switch request.form {
        case .relay:
            // It fills silences itself, and shows a picture of its own where there is none.
            guard newest.frame.kind != .placeholder, let teller, teller.takes(newest) else { return 0 }
            head = WebSocketWire.relayHead(of: newest)
            payload = newest.frame.jpeg
        case .binary:
            head = WebSocketWire.head(of: newest)
            payload = newest.frame.jpeg
        case .dataURL:
            payload = shard.dataURL(of: newest)
            head = WebSocketWire.head(.text, length: payload.readableBytes)
        }
        outlet.send(head, payload)
        if isAcknowledged, !outlet.awaitsWord { outlet.awaitsWord = true }
        return head.readableBytes + payload.readableBytes
    }

    /// A page hears of a WebSocket's end, so that it needs no picture that says so.
    func end(with last: Frame?) { end(with: WebSocketWire.close(.goingAway)) }
}

@available(*, unavailable) extension WebSocketHandler: Sendable {}
