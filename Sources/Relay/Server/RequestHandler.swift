import CameraClient
import MJPEG
import NIOCore
import NIOHTTP1

/// Reads one connection's requests and answers them in order; gives the connection away when a stream is asked for.
///
/// Bound to its channel's event loop.
final class RequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Between requests, or in the middle of one.
        case receiving(HTTPRequestHead?)
        /// An answer is in the making; requests wait.
        case making
        /// An answer has not left for the kernel yet; requests wait.
        case sending
        /// The last answer is out, or a stream has taken the connection; what still comes here is thrown away.
        case lingering
    }

    /// Requests that may wait while an answer is open. Beyond it nothing is read; what one read brings beyond it is not answered,
    /// and the connection ends behind the last answer.
    static let maxWaiting = 32
    /// How long a closing connection waits for the other side to have read its answer.
    static let lingerTime = TimeAmount.seconds(2)
    /// How long a request's head may take.
    static let headTime = TimeAmount.seconds(10)

    private let server: Server
    private let scope: ListenerScope
    private var state = State.receiving(nil)
    private var waiting = CircularBuffer<HTTPRequestHead>()
    private var holdsRead = false
    /// Whether requests were thrown away, so that the connection has to end.
    private var isCut = false
    private var hasAnswered = false
    /// Ends a connection that takes too long over a head or over reading its last answer.
    private var timer: Scheduled<Void>?

    init(server: Server, scope: ListenerScope) {
        self.server = server
        self.scope = scope
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { awaitHead(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        awaitHead(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        state = .lingering
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            switch state {
            case .sending: goOn(context)
            case .receiving, .making, .lingering: break
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if waiting.count >= Self.maxWaiting {
            holdsRead = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.receiving, .head(let head)):
            state = .receiving(head)
            // What has a body gets its answer at once and the connection ends: no body is ever read.
            if head.hasBody { answer(head, context) }
        case (.receiving(let head?), .end):
            state = .receiving(nil)
            answer(head, context)
        case (.making, .head(let head)), (.sending, .head(let head)):
            if waiting.count < Self.maxWaiting, !isCut { waiting.append(head) } else { isCut = true }
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The socket failed.
            context.close(promise: nil)
            return
        }
        switch state {
        case .receiving:
            let answer: HTTPAnswer =
                error == .headerOverflow
                ? .text(.requestHeaderFieldsTooLarge, "the request's header is too large")
                : .text(.badRequest, "the request is no HTTP")
            send(answer, context)
        case .making, .sending:
            // What came before is still owed; what comes behind cannot be read.
            context.close(promise: nil)
        case .lingering:
            break
        }
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.headTime) {
            let (handler, context) = bound.value
            guard case .receiving = handler.state else { return }
            // Between requests a connection may end without a word; a first request that does not come is told.
            if handler.hasAnswered {
                context.close(promise: nil)
            } else {
                handler.send(.text(.requestTimeout, "the request did not come in time"), context)
            }
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        timer?.cancel()
        switch server.respond(to: head, from: context.remoteAddress, in: scope.current) {
        case .answer(let answer):
            send(answer, to: head, context)
        case .later(let make):
            state = .making
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            make(context.eventLoop).whenComplete { result in
                let (handler, context) = bound.value
                guard context.channel.isActive, case .making = handler.state else { return }
                let answer = (try? result.get()) ?? .text(.internalServerError, "the answer could not be gathered")
                handler.send(answer, to: head, context)
                if case .receiving = handler.state { handler.goOn(context) }
            }
        case .stream(let source, let request):
            beginStream(of: source, request, to: head, context)
        case .webSocket(let source, let request):
            if let refusal = upgrade(head, to: source, request, server, context) { send(refusal, to: head, context) }
        }
    }

    /// Sends a whole answer; then the next request's turn comes, or the end. Without a request the connection ends.
    private func send(_ answer: HTTPAnswer, to request: HTTPRequestHead? = nil, _ context: ChannelHandlerContext) {
        hasAnswered = true
        // The decoder reads nothing behind a request that asks for an upgrade, granted or not.
        let isLast = isCut && waiting.isEmpty
        let keepsConnection =
            request.map { $0.isKeepAlive && !$0.hasBody && !$0.headers.contains(name: "Upgrade") && !isLast } ?? false
        var headers = answer.headers
        headers.replaceOrAdd(name: "Date", value: HTTPDate.text(.now()))
        if answer.status.mayHaveResponseBody {
            headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.readableBytes))
        }
        if !keepsConnection {
            // 426 names the upgrade in this field too (RFC 9110, 7.8).
            headers.add(name: "Connection", value: "close")
        } else if request?.version == .http1_0 {
            headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
        if request?.method != .HEAD, answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !keepsConnection {
            linger(context)
        } else if context.channel.isWritable {
            state = .receiving(nil)
            awaitHead(context)
        } else {
            // A client that asks and asks but does not read gets no further answer to keep for it.
            state = .sending
        }
    }

    /// Answers the requests that waited, until one of the answers has to wait itself.
    private func goOn(_ context: ChannelHandlerContext) {
        state = .receiving(nil)
        awaitHead(context)
        while case .receiving = state, let head = waiting.popFirst() { answer(head, context) }
        releaseRead(context)
    }

    /// Closes our side and waits for the other: a close with unread bytes would be a reset, which can take the answer with it.
    private func linger(_ context: ChannelHandlerContext) {
        state = .lingering
        waiting.removeAll()
        context.close(mode: .output, promise: nil)
        timer?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.close(promise: nil) }
        releaseRead(context)
    }

    private func releaseRead(_ context: ChannelHandlerContext) {
        guard holdsRead, waiting.count < Self.maxWaiting else { return }
        holdsRead = false
        context.read()
    }

    /// Hands the connection over to a ``StreamHandler``, on the event loop that serves the source's viewers best.
    private func beginStream(
        of source: Source, _ request: Server.StreamRequest, to head: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        guard head.method != .HEAD else {
            context.writeAndFlush(wrapOutboundOut(.head(StreamResponse.head(request.headers))), promise: nil)
            linger(context)
            return
        }
        guard let own = source.hub.shard(on: context.eventLoop), let seat = server.seat(for: source, from: request.origin) else {
            send(Server.fullHouse, to: head, context)
            return
        }
        state = .lingering
        waiting.removeAll()
        // What an answer before this one has left in the channel cannot move.
        if let best = source.hub.shardForNewViewer(on: context.eventLoop), best !== own, context.channel.isWritable,
            StreamHandler.move(context.channel, to: best, request, seat)
        {
            return
        }
        do {
            try StreamHandler.take(over: context.pipeline.syncOperations, shard: own, request, seat)
        } catch {
            seat.leave(nil)
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable) extension RequestHandler: Sendable {}

extension HTTPRequestHead {
    /// Whether bytes other than a next request may follow this head.
    fileprivate var hasBody: Bool {
        headers.contains(name: "Transfer-Encoding") || headers["Content-Length"].contains { $0 != "0" }
    }
}
