import CameraURL
import NIOCore
import NIOPosix
import Synchronization

/// One request and its answer over one connection, new or kept: owns the connection from the look-up on, and ends it in one
/// place, whoever asks for the end (the camera, a timer, the task that waits).
final class Exchange: Sendable {
    /// How far the exchange has come, for the message when time runs out.
    private enum Phase {
        case lookingUp, connecting, awaitingAnswer
    }

    /// What came of a request that nobody waits for any more.
    enum LateAnswer: Sendable {
        case head(ResponseHead)
        /// The camera ended the connection instead.
        case closed
        /// Nobody knows: no request was out, or no answer came in time.
        case unknown
    }

    private struct State {
        var phase = Phase.lookingUp
        /// Attempts in progress (several addresses are tried side by side), then the one that connected.
        var channels: [any Channel] = []
        var timeout: Scheduled<Void>?
        var isOver = false
        /// Told of the answer's head where nobody else waits for it any more; nil else.
        var late: (@Sendable (LateAnswer) -> Void)?
    }

    private let eventLoop: any EventLoop
    private let promise: EventLoopPromise<CameraAnswer>
    private let state = Mutex(State())

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        promise = eventLoop.makePromise()
    }

    /// The answer with its picture, or why the stream has ended or there was no answer.
    var outcome: EventLoopFuture<CameraAnswer> { promise.futureResult }

    /// Asks over `connection`, which was kept from an answer before; the answer goes to its ``UpstreamHandler``.
    func start(_ inquiry: Inquiry, over connection: KeptConnection, within limit: Duration) {
        startTimer(inquiry, limit)
        state.withLock { state in
            state.phase = .awaitingAnswer
            state.channels = [connection.channel]
        }
        eventLoop.execute {
            // Ended meanwhile: the channel is closed, or about to be.
            connection.handler.value.ask(inquiry, exchange: self)
        }
    }

    /// Connects and asks; the answer goes to an ``UpstreamHandler``.
    func start(_ inquiry: Inquiry, resolver: HostResolver) {
        let url = inquiry.request.url
        let limit = inquiry.settings.connectTimeout
        startTimer(inquiry, limit)
        eventLoop.execute {
            let connecting = Connecting(to: url, resolver: resolver, eventLoop: self.eventLoop) { self.bootstrap(limit, willConnect: $0) }
            connecting.start().assumeIsolated().whenComplete { self.connected($0, inquiry, resolver) }
            // Over, whoever ended it: nobody waits for a look-up any more.
            self.outcome.assumeIsolated().whenComplete { _ in connecting.stop() }
        }
    }

    private func bootstrap(_ limit: Duration, willConnect: @escaping @Sendable (any Channel) -> Void) -> ClientBootstrap {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limit))
            .channelOption(.autoRead, value: false)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 << 10))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.adopt(channel)
                    willConnect(channel)
                }
            }
    }

    private func connected(_ result: Result<any Channel, any Error>, _ inquiry: Inquiry, _ resolver: HostResolver) {
        let url = inquiry.request.url
        switch result {
        case .success(let channel):
            keep(channel)
            if let address = channel.remoteAddress { resolver.note(host: url.host, worked: address) }
            do {
                let isEncrypted = url.scheme == .https
                if isEncrypted {
                    let handler = try CameraTLS.handler(
                        host: url.host, trust: inquiry.settings.trust, signs: inquiry.settings.certificateSigns)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
                try channel.pipeline.syncOperations.addHandler(
                    UpstreamHandler(inquiry, exchange: self, isEncrypted: isEncrypted))
                try channel.syncOptions?.setOption(.autoRead, value: true)
            } catch {
                self.end(.failure(.connection(reason: "\(error)")))
            }
        case .failure(let error):
            self.end(.failure(CameraError(connectingTo: url, error)))
        }
    }

    /// The answer's head is complete: `connect_timeout` no longer counts. False where nobody wants the rest.
    func answered(_ head: ResponseHead) -> Bool {
        let (isWanted, late) = state.withLock { state in
            state.timeout?.cancel()
            state.timeout = nil
            defer { state.late = nil }
            return (!state.isOver, state.late)
        }
        late?(.head(head))
        if late != nil { close() }
        return isWanted
    }

    /// Ends the exchange and closes its connection, unless the answer keeps it; only the first call counts. Any thread.
    func end(_ result: Result<CameraAnswer, CameraError>, isTimeout: Bool = false) {
        let (isFirst, late) = state.withLock { state -> (Bool, (@Sendable (LateAnswer) -> Void)?) in
            let isFirst = !state.isOver
            state.isOver = true
            state.timeout?.cancel()
            state.timeout = nil
            defer { state.late = nil }
            return (isFirst, state.late)
        }
        if isFirst || late != nil { close(except: (try? result.get())?.connection?.channel) }
        if isFirst { promise.completeWith(result.mapError { $0 as any Error }) }
        late?(isTimeout ? .unknown : .closed)
    }

    /// Ends the exchange as cancelled, but still hears the answer's head, where a request is out. `late` is called once, on any thread.
    func abandon(_ late: @escaping @Sendable (LateAnswer) -> Void) {
        let waits = state.withLock { state in
            guard !state.isOver, state.timeout != nil, state.phase == .awaitingAnswer else { return false }
            state.isOver = true
            state.late = late
            return true
        }
        if waits {
            promise.fail(CameraError.cancelled)
        } else {
            end(.failure(.cancelled))
            late(.unknown)
        }
    }

    private func close(except kept: (any Channel)? = nil) {
        let channels = state.withLock { state in
            defer { state.channels = [] }
            return state.channels
        }
        for channel in channels where channel !== kept { channel.close(promise: nil) }
    }

    private func startTimer(_ inquiry: Inquiry, _ limit: Duration) {
        let url = inquiry.request.url
        let timeout = eventLoop.scheduleTask(in: TimeAmount(limit)) {
            self.end(.failure(self.timeoutError(url: url, limit: limit)), isTimeout: true)
        }
        let isOver = state.withLock { state in
            state.timeout = timeout
            return state.isOver
        }
        if isOver { timeout.cancel() }
    }

    /// The race is won: the other attempts are over.
    private func keep(_ channel: any Channel) {
        let others = state.withLock { state in
            state.phase = .awaitingAnswer
            let others = state.channels.filter { $0 !== channel }
            state.channels.removeAll { $0 !== channel }
            return others
        }
        for other in others { other.close(promise: nil) }
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
