import MJPEG
import NIOCore
import NIOHTTP1

/// Reads one connection's requests and answers them in order; gives the connection away when a stream is asked for.
///
/// Bound to its channel's event loop.
final class RequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart

    private enum State {
        /// Between requests, or in the middle of one.
        case receiving(HTTPRequestHead?)
        /// An answer is in the making; requests wait.
        case making
        /// An answer has not left for the kernel yet; requests wait.
        case sending
        /// The last answer is out, or a stream has taken the connection; what still comes here is thrown away.
        case over
    }

    /// Requests that may wait while an answer is open. Beyond it nothing is read; what one read brings beyond it is not answered,
    /// and the connection ends behind the last answer.
    static let maxWaiting = 32
    /// How long the first request's head may take.
    static let headTime = TimeAmount.seconds(10)
    /// How long a connection may be idle between two requests: longer than common programs poll.
    static let keepAliveTime = TimeAmount.seconds(75)

    private let gate: Gate
    private let listener: ListenerName
    let outlet: Outlet
    /// Holds back what stands behind a head until it is known whose it is.
    private let headGate: HeadGate
    private var state = State.receiving(nil)
    private var waiting = CircularBuffer<HTTPRequestHead>()
    private var holdsRead = false
    /// Whether requests were thrown away, so that the connection has to end.
    private var isCut = false
    private var hasAnswered: Bool
    /// Whether the other side has said that it asks for no more.
    private var hasPeerFinished = false
    private var context: ChannelHandlerContext?
    /// Whom a trusted proxy speaks for, where it has said so.
    private var client: ProxiedClient?
    /// Ends a connection on which no request comes.
    private var timer: Scheduled<Void>?

    init(gate: Gate, listener: ListenerName, outlet: Outlet, headGate: HeadGate, client: ProxiedClient? = nil, hasAnswered: Bool = false) {
        self.client = client
        self.headGate = headGate
        self.hasAnswered = hasAnswered
        self.gate = gate
        self.listener = listener
        self.outlet = outlet
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.owner = self
        if context.channel.isActive { awaitHead() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        awaitHead()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        state = .over
        outlet.channelClosed()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.receiving, .head(let head)):
            state = .receiving(head)
            // What has a body gets its answer at once and the connection ends, unless the body is a source's pictures.
            if head.hasBody { answer(head) }
        case (.receiving(let head?), .end):
            state = .receiving(nil)
            answer(head)
        case (.making, .head(let head)), (.sending, .head(let head)):
            if waiting.count < Self.maxWaiting, !isCut { waiting.append(head) } else { isCut = true }
        default:
            break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            hasPeerFinished = true
            outlet.peerFinished()
            // What was asked before is still answered.
            if case .receiving = state { finish() }
        }
        if let client = event as? ProxiedClient { self.client = client }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The socket failed.
            context.close(promise: nil)
            return
        }
        switch state {
        case .receiving:
            // A client that ends in the middle of a head has nobody to read an answer.
            if hasPeerFinished || error == .invalidEOFState { return finish() }
            let answer: HTTPAnswer =
                error == .headerOverflow
                ? .text(.requestHeaderFieldsTooLarge, "the request's header is too large")
                : .text(.badRequest, "the request is no HTTP")
            send(answer)
        case .making, .sending:
            // What came before is still owed; what comes behind cannot be read.
            if error == .invalidEOFState { isCut = true } else { context.close(promise: nil) }
        case .over:
            break
        }
    }

    private func awaitHead() {
        timer?.cancel()
        guard let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: hasAnswered ? Self.keepAliveTime : Self.headTime) {
            let handler = bound.value
            guard case .receiving = handler.state else { return }
            // Between requests a connection may end without a word; a first request that does not come is told.
            if handler.hasAnswered { handler.finish() } else { handler.send(.text(.requestTimeout, "the request did not come in time")) }
        }
    }

    private func answer(_ head: HTTPRequestHead) {
        guard let context else { return }
        timer?.cancel()
        outlet.isBusy = true
        carryOut(gate.respond(to: head, from: context.remoteAddress, through: listener, for: client), to: head)
    }

    private func carryOut(_ response: Response, to head: HTTPRequestHead) {
        guard let context else { return }
        switch response {
        case .answer(let answer):
            send(answer, to: head)
        case .later(let make):
            state = .making
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            make(context.eventLoop).whenComplete { result in
                let handler = bound.value
                guard let context = handler.context, context.channel.isActive, case .making = handler.state else { return }
                let answer = (try? result.get()) ?? .text(.internalServerError, "the answer could not be gathered")
                handler.send(answer, to: head)
                if case .receiving = handler.state { handler.goOn() }
            }
        case .undecided(let decide):
            state = .making
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            decide(context.eventLoop).whenComplete { result in
                let handler = bound.value
                guard let context = handler.context, context.channel.isActive, case .making = handler.state else { return }
                handler.carryOut((try? result.get()) ?? .answer(.text(.internalServerError, "the login could not be checked")), to: head)
                if case .receiving = handler.state { handler.goOn() }
            }
        case .stream(let source, let request):
            beginStream(of: source, request, to: head)
        case .webSocket(let source, let request):
            if let refusal = beginWebSocket(of: source, request, to: head) { send(refusal, to: head) }
        case .list(let request):
            if let refusal = beginList(request, to: head) { send(refusal, to: head) }
        case .publish(let source, let request):
            if let refusal = beginPublishing(source, request) { send(refusal, to: head) }
        case .publishSocket(let source, let request):
            if let refusal = beginPublishingSocket(source, request) { send(refusal, to: head) }
        }
    }

    /// Sends a whole answer; then the next request's turn comes, or the end. Without a request the connection ends.
    private func send(_ answer: HTTPAnswer, to request: HTTPRequestHead? = nil) {
        hasAnswered = true
        let keepsConnection = request.map { mayKeepConnection(behind: answer, to: $0) } ?? false
        let head = answer.head(for: request, keepAlive: keepsConnection ? Self.keepAliveTime.nanoseconds / 1_000_000_000 : nil)
        let hasBody = request?.method != .HEAD && answer.status.mayHaveResponseBody
        outlet.send(head, hasBody ? answer.body : ByteBuffer()) { [gate, client, context] in
            gate.network(of: request, from: client?.address ?? context?.remoteAddress)
        }
        if answer.cutsOff {
            giveAway()
            headGate.discard()
            outlet.cutOff()
            releaseRead()
        } else if !keepsConnection {
            finish()
        } else if outlet.isDrained {
            outlet.isBusy = false
            state = .receiving(nil)
            awaitHead()
            headGate.nextRequest()
        } else {
            // A client that asks and asks but does not read gets no further answer to keep for it.
            state = .sending
        }
    }

    private func mayKeepConnection(behind answer: HTTPAnswer, to request: HTTPRequestHead) -> Bool {
        let isLast = waiting.isEmpty && (isCut || hasPeerFinished)
        // The decoder reads nothing behind a request that asks for an upgrade, granted or not.
        return request.isKeepAlive && !request.hasBody && !request.headers.contains(name: "Upgrade") && !isLast
            && !answer.endsConnection && !gate.isDraining && !gate.limits.descriptors.isNearlyFull
    }

    /// Answers the requests that waited, until one of the answers has to wait itself.
    private func goOn() {
        state = .receiving(nil)
        awaitHead()
        while case .receiving = state, let head = waiting.popFirst() { answer(head) }
        if case .receiving = state, hasPeerFinished || isCut { finish() }
        if case .receiving = state { headGate.nextRequest() }
        releaseRead()
    }

    /// Ends the connection behind what was sent.
    private func finish() {
        giveAway()
        headGate.open()
        outlet.finish()
        releaseRead()
    }

    /// What still comes is no longer for this handler.
    private func giveAway() {
        state = .over
        waiting.removeAll()
        timer?.cancel()
    }

    private func releaseRead() {
        guard holdsRead, waiting.count < Self.maxWaiting else { return }
        holdsRead = false
        context?.read()
    }

    // MARK: - Streams

    /// Hands the connection over to a ``StreamHandler``, on the event loop that serves the source's viewers best.
    private func beginStream(of source: Source, _ request: StreamRequest, to head: HTTPRequestHead) {
        guard let context else { return }
        guard head.method != .HEAD else {
            outlet.send(StreamResponse.head(request.headers))
            return finish()
        }
        guard let own = source.hub.shard(on: context.eventLoop) else { return send(.tooManyViewers, to: head) }
        let seat: Seat
        do throws(Gate.Refusal) {
            seat = try gate.seat(for: source, from: request.origin, request.wishes, isCapped: request.isCapped)
        } catch {
            return send(error.answer, to: head)
        }
        giveAway()
        headGate.open()
        outlet.isBusy = false
        let best = source.hub.shardForNewViewer(on: context.eventLoop)
        if let best, best !== own, StreamHandler.move(outlet, to: best, request, seat) { return }
        do {
            try StreamHandler.take(over: outlet, in: context.pipeline.syncOperations, shard: own, request, seat)
        } catch {
            seat.leave(nil)
            context.close(promise: nil)
        }
    }

    /// Answers a handshake and gives the connection to a ``WebSocketHandler``; else returns the refusal. It may be any request of
    /// a connection: NIO's own upgrade handler takes the first alone, but proxies use a connection again.
    private func beginWebSocket(of source: Source, _ request: WebSocketRequest, to head: HTTPRequestHead) -> HTTPAnswer? {
        guard let context, var fields = WebSocketHandshake.answer(to: head) else {
            // A page whose WebSocket was refused asks for it as for a file, since browsers do not tell it why: it hears what counts.
            return gate.refusal(of: source, from: request.origin, request.wishes, isCapped: request.isCapped) ?? WebSocketHandshake.required
        }
        guard let shard = source.hub.shard(on: context.eventLoop) else { return .tooManyViewers }
        let seat: Seat
        do throws(Gate.Refusal) {
            seat = try gate.seat(for: source, from: request.origin, request.wishes, isCapped: request.isCapped)
        } catch {
            return error.answer
        }
        giveAway()
        headGate.open()
        outlet.isBusy = false
        if request.form == .relay { fields.add(name: "Sec-WebSocket-Protocol", value: RelayWire.watchName) }
        outlet.send(HTTPAnswer.head(.switchingProtocols, fields))
        do {
            try WebSocketHandler.take(
                over: outlet, in: context.pipeline.syncOperations, shard: shard, request, seat,
                teller: request.form == .relay ? RelayTeller(source, chain: request.chain) : nil)
        } catch {
            seat.leave(nil)
            context.close(promise: nil)
        }
        return nil
    }
}

// MARK: - Publishers

extension RequestHandler {
    /// Gives the connection to a ``PublishHandler``; else returns the refusal.
    private func beginPublishing(_ source: Source, _ request: PublishRequest) -> HTTPAnswer? {
        guard let context else { return nil }
        let handler = PublishHandler(source: source, request: request, outlet: outlet, gate: gate, listener: listener, client: client)
        if let refusal = handler.knock() { return refusal }
        giveAway()
        outlet.isBusy = false
        // Not before it is known that the body is wanted (RFC 9110, 10.1.1).
        if request.head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            outlet.send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        handOver(to: handler, context)
        return nil
    }

    /// Tells another relay of the sources here; else returns the refusal.
    private func beginList(_ request: Request, to head: HTTPRequestHead) -> HTTPAnswer? {
        guard let context, var fields = WebSocketHandshake.answer(to: head),
            head.headers[canonicalForm: "Sec-WebSocket-Protocol"].contains(where: { $0 == ListedSource.protocolName }),
            // Another site's page would hear of the sources that its visitor may see; a relay is no page.
            !head.headers.contains(name: "Origin")
        else { return WebSocketHandshake.required }
        giveAway()
        headGate.open()
        outlet.isBusy = false
        fields.add(name: "Sec-WebSocket-Protocol", value: ListedSource.protocolName)
        outlet.send(HTTPAnswer.head(.switchingProtocols, fields))
        do {
            try ListHandler.take(over: outlet, in: context.pipeline.syncOperations, request, gate)
        } catch {
            context.close(promise: nil)
        }
        return nil
    }

    private func beginPublishingSocket(_ source: Source, _ request: PublishRequest) -> HTTPAnswer? {
        guard let context, var fields = WebSocketHandshake.answer(to: request.head) else { return WebSocketHandshake.required }
        let handler = PublishSocketHandler(source: source, request: request, outlet: outlet, gate: gate)
        if let refusal = handler.knock() { return refusal }
        giveAway()
        outlet.isBusy = false
        if request.isRelay { fields.add(name: "Sec-WebSocket-Protocol", value: RelayWire.name) }
        outlet.send(HTTPAnswer.head(.switchingProtocols, fields))
        headGate.open()
        do {
            try handler.take(over: context.pipeline.syncOperations)
        } catch {
            context.close(promise: nil)
        }
        return nil
    }

    private func handOver(to handler: PublishHandler, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline
        headGate.handOver { bytes in
            do {
                let operations = pipeline.syncOperations
                try operations.addHandler(handler)
                if let decoder = try? operations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
                    pipeline.syncOperations.removeHandler(decoder, promise: nil)
                }
                operations.removeHandler(self, promise: nil)
                operations.removeHandler(self.headGate, promise: nil)
                handler.begin(with: bytes)
            } catch {
                pipeline.close(mode: .all, promise: nil)
            }
        }
    }
}

extension RequestHandler: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func read(context: ChannelHandlerContext) {
        if waiting.count >= Self.maxWaiting {
            holdsRead = true
        } else {
            context.read()
        }
    }
}

extension RequestHandler: OutletOwner {
    func outletDrained() {
        guard case .sending = state else { return }
        outlet.isBusy = false
        goOn()
    }
}

@available(*, unavailable) extension RequestHandler: Sendable {}
