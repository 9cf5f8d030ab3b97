import CameraURL
import Digests
import NIOCore
import NIOPosix
import Synchronization
import Text

/// One attempt to open a WebSocket at another relay (RFC 6455, 4.1): looks up, connects, checks the certificate, logs in, and asks for the
/// upgrade. It owns the connection until then.
package final class WebSocketDial: Sendable {
    /// What an attempt needs to know.
    package struct Settings: Sendable {
        /// `https` for `wss`.
        package var url: CameraURL
        package var trust: CertificateTrust
        /// From the look-up to the answer.
        package var connectTimeout: Duration
        /// The name of the protocol that both sides speak over it.
        package var subprotocol: String
        /// Fields that the request has besides.
        package var headers: [(name: String, value: String)] = []
        /// What is to be said of a server that does not speak the protocol.
        package var lack = "takes no pictures of relays"

        package init(url: CameraURL, trust: CertificateTrust, connectTimeout: Duration, subprotocol: String) {
            self.url = url
            self.trust = trust
            self.connectTimeout = connectTimeout
            self.subprotocol = subprotocol
        }
    }

    private struct State {
        var channels: [any Channel] = []
        var isOver = false
    }

    private let settings: Settings
    private let eventLoop: any EventLoop
    private let resolver: HostResolver
    private let promise: EventLoopPromise<any Channel>
    private let state = Mutex(State())

    /// `resolver` looks the host up; all else is done on `eventLoop`.
    package init(_ settings: Settings, eventLoop: any EventLoop, resolver: HostResolver) {
        self.settings = settings
        self.eventLoop = eventLoop
        self.resolver = resolver
        promise = eventLoop.makePromise()
    }

    /// Opens it. `begin` is called on the event loop when the other side has agreed, to add the handlers that go
    /// on.
    package func open(_ begin: @escaping @Sendable (any Channel) throws -> Void) async throws(CameraError) -> any Channel {
        if settings.url.scheme == .https { try CameraTLS.prepare(settings.trust) }
        start(begin)
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                end(.cancelled)
            }
        } catch {
            throw error as? CameraError ?? .connection(reason: "\(error)")
        }
    }

    private func start(_ begin: @escaping @Sendable (any Channel) throws -> Void) {
        let (url, limit) = (settings.url, settings.connectTimeout)
        let timeout = eventLoop.scheduleTask(in: TimeAmount(limit)) {
            self.end(.connection(reason: "no answer from \(url.hostField) within \(limit)"))
        }
        eventLoop.execute {
            let connecting = Connecting(to: url, resolver: self.resolver, eventLoop: self.eventLoop) {
                self.bootstrap(limit, willConnect: $0)
            }
            connecting.start().assumeIsolated().whenComplete { result in
                switch result {
                case .success(let channel): self.connected(channel, begin)
                case .failure(let error): self.end(CameraError(connectingTo: url, error))
                }
            }
            self.promise.futureResult.assumeIsolated().whenComplete { _ in
                timeout.cancel()
                connecting.stop()
            }
        }
    }

    private func bootstrap(_ limit: Duration, willConnect: @escaping @Sendable (any Channel) -> Void) -> ClientBootstrap {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limit))
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try self.adopt(channel)
                    willConnect(channel)
                }
            }
    }

    private func connected(_ channel: any Channel, _ begin: @escaping @Sendable (any Channel) throws -> Void) {
        if let address = channel.remoteAddress { resolver.note(host: settings.url.host, worked: address) }
        do {
            let pipeline = channel.pipeline.syncOperations
            let isEncrypted = settings.url.scheme == .https
            if isEncrypted { try pipeline.addHandler(CameraTLS.handler(host: settings.url.host, trust: settings.trust)) }
            try pipeline.addHandler(
                UpgradeHandler(settings, isEncrypted: isEncrypted, begin: begin) { result in
                    switch result {
                    case .success: self.succeed(channel)
                    case .failure(let error): self.end(error)
                    }
                })
            try channel.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            end(.connection(reason: "\(error)"))
        }
    }

    private func adopt(_ channel: any Channel) throws {
        try state.withLock { state in
            guard !state.isOver else { throw CameraError.cancelled }
            state.channels.append(channel)
        }
    }

    private func succeed(_ channel: any Channel) {
        let others = state.withLock { state -> [any Channel] in
            defer { state.isOver = true }
            return state.isOver ? [channel] : state.channels.filter { $0 !== channel }
        }
        for other in others { other.close(promise: nil) }
        promise.succeed(channel)
    }

    private func end(_ error: CameraError) {
        let channels = state.withLock { state -> [any Channel]? in
            guard !state.isOver else { return nil }
            state.isOver = true
            return state.channels
        }
        guard let channels else { return }
        for channel in channels { channel.close(promise: nil) }
        promise.fail(error)
    }
}
