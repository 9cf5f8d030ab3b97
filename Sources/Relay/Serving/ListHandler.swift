import NIOCore
import NIOHTTP1
import NIOWebSocket

/// A WebSocket over which another relay hears which sources there are for its login, at once and at each change.
///
/// The last handler of a connection that ``RequestHandler`` has given away; bound to its event loop.
final class ListHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private static let lookInterval = TimeAmount.milliseconds(300)
    /// The other relay says something at least this often, if only a ping.
    private static let maxSilence = TimeAmount.seconds(40)

    private let request: Request
    private let outlet: Outlet
    private let gate: Gate
    private let asking: Set<String>
    private var inbox = WebSocketInbox()
    private var clock: RepeatedTask?
    private var lastWord = NIODeadline.now()
    private var generation: Int?
    private var told: [ListedSource]?
    private var isEnding = false

    private init(_ request: Request, outlet: Outlet, gate: Gate) {
        self.request = request
        self.outlet = outlet
        self.gate = gate
        asking = Set(RelayChain.ids(in: request.head.headers["Via"]))
    }

    /// Puts a handler behind those of HTTP and takes these out.
    static func take(
        over outlet: Outlet, in pipeline: ChannelPipeline.SynchronousOperations, _ request: Request, _ gate: Gate
    ) throws {
        try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameReader()))
        try pipeline.addHandler(ListHandler(request, outlet: outlet, gate: gate))
        if let requests = try? pipeline.handler(type: RequestHandler.self) { pipeline.removeHandler(requests, promise: nil) }
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        outlet.channel.read()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        outlet.owner = self
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.lookInterval) { _ in bound.value.look() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        outlet.channelClosed()
        leave()
    }

    func channelInactive(context: ChannelHandlerContext) {
        outlet.channelClosed()
        leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        outlet.peerFinished()
        leave()
        outlet.finish()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastWord = .now()
        switch inbox.take(unwrapInboundIn(data)) {
        case .nothing, .text, .message: break
        case .pong(let bytes): if outlet.isDrained { outlet.send(WebSocketWire.control(.pong, bytes)) }
        case .close(let bytes): end(WebSocketWire.control(.connectionClose, bytes))
        case .fail(let code): end(WebSocketWire.close(code))
        }
    }

    private func look() {
        guard !isEnding else { return }
        guard NIODeadline.now() - lastWord < Self.maxSilence else { return outlet.cut() }
        let served = gate.current
        guard served.stage != .draining else { return end(WebSocketWire.close(.goingAway)) }
        guard outlet.isDrained, served.generation != generation else { return }
        generation = served.generation
        var now = request
        now.served = served
        let sources = now.allListed.compactMap { source -> ListedSource? in
            let configuration = source.configuration
            guard Audience.stillMayWatch(configuration, request.admission, served.access) else { return nil }
            let path = [source.chain.ownID] + configuration.relayPath
            // What comes from the other relay is nothing new to it.
            guard asking.isDisjoint(with: path), path.count <= RelayChain.maxHops else { return nil }
            return ListedSource(name: source.name, isListed: configuration.isListed, onLoss: configuration.onLoss, path: path)
        }
        guard sources != told else { return }
        told = sources
        let text = ByteBuffer(string: ListedSource.text(of: sources))
        outlet.send(WebSocketWire.head(.text, length: text.readableBytes), text)
    }

    private func leave() {
        clock?.cancel()
        clock = nil
    }

    private func end(_ closeFrame: ByteBuffer) {
        guard !isEnding else { return }
        isEnding = true
        leave()
        outlet.send(closeFrame)
        outlet.finish()
    }
}

extension ListHandler: OutletOwner {
    func outletDrained() {}
}

@available(*, unavailable) extension ListHandler: Sendable {}
