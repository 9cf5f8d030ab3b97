import MJPEG
import NIOCore
import NIOHTTP1

/// Reads one connection's requests and answers them in order; becomes a viewer's connection when a stream is asked for.
///
/// Bound to its channel's event loop.
final class RequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Between requests, or in the middle of one.
        case receiving(HTTPRequestHead?)
        /// An answer has not left for the kernel yet; requests wait.
        case answering
        /// The last answer is out, or the connection is a stream's; what still comes is thrown away.
        case lingering
    }

    /// Requests that may wait while an answer is open; beyond it nothing is read.
    static let maxWaiting = 8
    /// How long a closing connection waits for the other side to have read its answer.
    static let lingerTime = TimeAmount.seconds(2)
    /// How long a request's head may take.
    static let headTime = TimeAmount.seconds(10)

    private let server: Server
    private let scope: Route.Scope
    private var state = State.receiving(nil)
    private var waiting = CircularBuffer<HTTPRequestHead>()
    private var holdsRead = false
    /// Ends a connection that takes too long over a head or over reading its last answer.
    private var timer: Scheduled<Void>?

    init(server: Server, scope: Route.Scope) {
        self.server = server
        self.scope = scope
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { awaitHead(context) }
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
        if context.channel.isWritable, case .answering = state { resume(context) }
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
        case (.answering, .head(let head)):
            waiting.append(head)
        default:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .receiving, .answering:
            guard let error = error as? HTTPParserError else {
                context.close(promise: nil)
                return
            }
            let answer: HTTPAnswer =
                error == .headerOverflow
                ? .text(.requestHeaderFieldsTooLarge, "the request's header is too large")
                : .text(.badRequest, "the request is no HTTP")
            send(answer, isHead: false, keepAlive: nil, context)
        case .lingering:
            // Rubbish behind the last request harms nobody; a failed socket closes by itself.
            if !(error is HTTPParserError) { context.close(promise: nil) }
        }
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.headTime) {
            let (handler, context) = bound.value
            guard case .receiving = handler.state else { return }
            context.close(promise: nil)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let keepAlive: HTTPRequestHead? = head.isKeepAlive && !head.hasBody ? head : nil
        switch server.respond(to: head, in: scope) {
        case .answer(let answer):
            send(answer, isHead: head.method == .HEAD, keepAlive: keepAlive, context)
        case .stream(let source, let request):
            beginStream(of: source, request, isHead: head.method == .HEAD, context)
        }
    }

    /// Sends a whole answer; then the next request's turn comes, or the end.
    private func send(_ answer: HTTPAnswer, isHead: Bool, keepAlive: HTTPRequestHead?, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        if answer.status.mayHaveResponseBody {
            headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.readableBytes))
        }
        if keepAlive == nil {
            headers.replaceOrAdd(name: "Connection", value: "close")
        } else if keepAlive?.version == .http1_0 {
            headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
        if !isHead, answer.body.readableBytes > 0 {
            context.write(wrapOutboundOut(.body(.byteBuffer(answer.body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if keepAlive == nil {
            linger(context)
        } else if context.channel.isWritable {
            state = .receiving(nil)
            awaitHead(context)
        } else {
            // A client that asks and asks but does not read gets no further answer to keep for it.
            state = .answering
        }
    }

    /// Answers the requests that waited, until one of the answers has to wait itself.
    private func resume(_ context: ChannelHandlerContext) {
        state = .receiving(nil)
        awaitHead(context)
        while case .receiving = state, let head = waiting.popFirst() { answer(head, context) }
        if holdsRead, waiting.count < Self.maxWaiting {
            holdsRead = false
            context.read()
        }
    }

    /// Closes our side and waits for the other: a close with unread bytes would be a reset, which can take the answer with it.
    private func linger(_ context: ChannelHandlerContext) {
        state = .lingering
        waiting.removeAll()
        context.close(mode: .output, promise: nil)
        timer?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.close(promise: nil) }
        if holdsRead {
            holdsRead = false
            context.read()
        }
    }

    /// Hands the connection over to a ``StreamHandler``, on the event loop that serves the source's viewers best.
    private func beginStream(of source: Source, _ request: StreamRequest, isHead: Bool, _ context: ChannelHandlerContext) {
        guard !isHead, let shard = source.hub.shardForNewViewer(on: context.eventLoop) else {
            context.write(wrapOutboundOut(.head(StreamResponse.head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            linger(context)
            return
        }
        state = .lingering
        waiting.removeAll()
        do {
            // What an answer before this one has left in the channel cannot move.
            if shard.eventLoop !== context.eventLoop, context.channel.isWritable {
                try StreamHandler.move(context.channel, to: shard, of: source.hub, request)
            } else if let shard = source.hub.shard(on: context.eventLoop) {
                try StreamHandler.take(over: context.pipeline.syncOperations, shard: shard, hub: source.hub, request)
            }
        } catch {
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
