import CameraURL
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization
import Text

/// One request with a body, and the head of its answer, over a connection of its own; whoever ends it, all of it ends.
final class NoticeExchange: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var timeout: Scheduled<Void>?
        var isOver = false
        /// Whether the request is out.
        var isAsked = false
    }

    private let url: CameraURL
    private let request: ByteBuffer
    private let trust: CertificateTrust
    private let secrets: Secrets
    private let eventLoop: any EventLoop
    private let promise: EventLoopPromise<ResponseHead>
    private let state = Mutex(State())

    init(url: CameraURL, request: ByteBuffer, trust: CertificateTrust, hiding secrets: Secrets, eventLoop: any EventLoop) {
        self.secrets = secrets
        self.url = url
        self.request = request
        self.trust = trust
        self.eventLoop = eventLoop
        promise = eventLoop.makePromise()
    }

    /// The answer's head, or why there is none.
    var outcome: EventLoopFuture<ResponseHead> { promise.futureResult }

    func start(resolver: HostResolver, until deadline: NIODeadline) {
        let timeout = eventLoop.scheduleTask(deadline: deadline) { self.end(.failure(self.timeoutError)) }
        let isOver = state.withLock { state in
            state.timeout = timeout
            return state.isOver
        }
        if isOver { timeout.cancel() }
        eventLoop.execute {
            let connecting = Connecting(to: self.url, resolver: resolver, eventLoop: self.eventLoop) { willConnect in
                ClientBootstrap(group: self.eventLoop)
                    .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try self.adopt(channel)
                            willConnect(channel)
                        }
                    }
            }
            connecting.start().assumeIsolated().whenComplete { self.connected($0, resolver) }
            self.outcome.assumeIsolated().whenComplete { _ in connecting.stop() }
        }
    }

    private func connected(_ result: Result<any Channel, any Error>, _ resolver: HostResolver) {
        do {
            let channel = try result.get()
            if let address = channel.remoteAddress { resolver.note(host: url.host, worked: address) }
            if url.scheme == .https {
                try channel.pipeline.syncOperations.addHandler(CameraTLS.handler(host: url.host, trust: trust))
            }
            try channel.pipeline.syncOperations.addHandler(
                NoticeHandler(request, exchange: self, isEncrypted: url.scheme == .https, trust: trust, hiding: secrets))
        } catch {
            end(.failure(CameraError(connectingTo: url, error)))
        }
    }

    /// The request goes out now.
    func asking() { state.withLock { $0.isAsked = true } }

    /// Ends the exchange and its connections; only the first call counts. Any thread.
    func end(_ result: Result<ResponseHead, CameraError>) {
        let (isFirst, channels) = state.withLock { state in
            defer { (state.isOver, state.channels) = (true, []) }
            state.timeout?.cancel()
            return (!state.isOver, state.channels)
        }
        guard isFirst else { return }
        for channel in channels { channel.close(promise: nil) }
        promise.completeWith(result.mapError { $0 as any Error })
    }

    private func adopt(_ channel: any Channel) throws {
        try state.withLock { state in
            guard !state.isOver else { throw CameraError.cancelled }
            state.channels.append(channel)
        }
    }

    private var timeoutError: CameraError {
        let limit = "within \(NoticePost.limit)"
        return state.withLock({ $0.isAsked })
            ? .connection(reason: "\(url.hostField) does not answer \(limit)")
            : .connection(reason: "no connection to \(url.hostField) \(limit)")
    }
}

/// Sends the request once the certificate is checked, and reads the answer's head, on the connection's event loop.
private final class NoticeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let exchange: NoticeExchange
    private let isEncrypted: Bool
    private let trust: CertificateTrust
    private var isAsked = false
    private var reader: ResponseHeadReader

    init(_ request: ByteBuffer, exchange: NoticeExchange, isEncrypted: Bool, trust: CertificateTrust, hiding secrets: Secrets) {
        reader = ResponseHeadReader(limit: 16 << 10, hiding: secrets)
        self.request = request
        self.exchange = exchange
        self.isEncrypted = isEncrypted
        self.trust = trust
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if !isEncrypted { send(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { send(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        do throws(CameraError) {
            if let head = try reader.read(&input) { exchange.end(.success(head)) }
        } catch {
            exchange.end(.failure(error))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange.end(.failure(isAsked ? .closedBeforeHead : .connection(reason: "receiver closed the connection")))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The close itself follows.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        if isEncrypted, !isAsked {
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            let certificate = handler?.peerCertificate.flatMap { Certificate($0) }
            if let failure = CameraError(tls: error, certificate: certificate, trust: trust) { return exchange.end(.failure(failure)) }
        }
        exchange.end(.failure(CameraError(connection: error)))
    }

    private func send(_ context: ChannelHandlerContext) {
        guard !isAsked else { return }
        isAsked = true
        exchange.asking()
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }
}

@available(*, unavailable) extension NoticeHandler: Sendable {}
