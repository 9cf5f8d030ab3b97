import CameraURL
import NIOCore
import NIOPosix
import Synchronization

/// One request and its answer over one connection: owns the connection from the look-up on, and ends it in one place,
/// whoever asks for the end (the camera, a timer, the task that waits).
final class Exchange: Sendable {
    /// How far the exchange has come, for the message when time runs out.
    private enum Phase {
        case lookingUp, connecting, awaitingAnswer
    }

    private struct State {
        var phase = Phase.lookingUp
        /// Attempts in progress (several addresses are tried side by side), then the one that connected.
        var channels: [any Channel] = []
        var timeout: Scheduled<Void>?
        var isOver = false
    }

    private let eventLoop: any EventLoop
    private let promise: EventLoopPromise<ResponseHead>
    private let state = Mutex(State())

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        promise = eventLoop.makePromise()
    }

    /// The head of an answer that is no stream, or why there is no more to come.
    var outcome: EventLoopFuture<ResponseHead> { promise.futureResult }

    /// Connects and sends `request`; the answer goes to an ``UpstreamHandler``.
    func start(_ request: CameraRequest, to url: CameraURL, settings: HTTPCamera.Settings, resolver: HostResolver, sink: FrameSink) {
        let limit = settings.connectTimeout
        let timeout = eventLoop.scheduleTask(in: TimeAmount(limit)) { self.end(.failure(self.timeoutError(url: url, limit: limit))) }
        state.withLock { $0.timeout = timeout }
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limit))
            .channelOption(.autoRead, value: false)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 << 10))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.adopt(channel) }
            }
        let connected =
            if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.resolver(DialResolver(resolver, eventLoop: eventLoop)).connect(host: url.host, port: url.port)
            }
        connected.whenComplete { result in
            switch result {
            case .success(let channel):
                self.state.withLock { $0.phase = .awaitingAnswer }
                do {
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamHandler(request: request, settings: settings, sink: sink, exchange: self))
                    try channel.syncOptions?.setOption(.autoRead, value: true)
                } catch {
                    self.end(.failure(.connection(reason: "\(error)")))
                }
            case .failure(let error):
                self.end(.failure(CameraError(connectingTo: url, error)))
            }
        }
    }

    /// The answer's head is complete: `connect_timeout` no longer counts.
    func answered() {
        state.withLock { state in
            state.timeout?.cancel()
            state.timeout = nil
        }
    }

    /// Ends the exchange and closes its connection; only the first call counts. Any thread.
    func end(_ result: Result<ResponseHead, CameraError>) {
        let (isFirst, channels) = state.withLock { state -> (Bool, [any Channel]) in
            guard !state.isOver else { return (false, []) }
            state.isOver = true
            state.timeout?.cancel()
            state.timeout = nil
            defer { state.channels = [] }
            return (true, state.channels)
        }
        guard isFirst else { return }
        for channel in channels { channel.close(promise: nil) }
        promise.completeWith(result.mapError { $0 as any Error })
    }

    private func adopt(_ channel: any Channel) throws {
        try state.withLock { state in
            guard !state.isOver else { throw CameraError.cancelled }
            state.phase = .connecting
            state.channels.append(channel)
        }
    }

    private func timeoutError(url: CameraURL, limit: Duration) -> CameraError {
        switch state.withLock({ $0.phase }) {
        case .lookingUp: .nameNotFound(host: url.host, reason: "no answer within \(limit)")
        case .connecting: .connection(reason: "no connection to \(url.hostField) within \(limit)")
        case .awaitingAnswer: .connection(reason: "\(url.hostField) accepts the connection but does not answer within \(limit)")
        }
    }
}
