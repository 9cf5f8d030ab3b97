import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import RelayConfiguration

/// A bound address and the pipeline of each connection that comes through it.
package struct Listener: Sendable {
    /// Unsent bytes above which the kernel takes no more of a stream: without it up to 4 MB of a large frame wait in a slow
    /// viewer's socket. NIO has no name for the option.
    ///
    /// That no second frame waits there is ``Viewer``'s doing, who offers none while bytes of the last one are unsent; so the
    /// value only has to take usual frames in one call. Readers of a quarter of 30 frames/s, age of the picture at its last
    /// byte, p50 and p99 (16 KiB; 128 KiB): 161 and 206 ms; 159 and 212 ms with frames of 50 KB, 124 and 126 ms; 138 and 140 ms
    /// with frames of 400 KB, for which 128 KiB takes a quarter less processor time. Through a link of 3 Mbit/s with a queue of
    /// 64 KB no difference.
    static let unsentLowWater = ChannelOptions.Types.SocketOption(
        level: SocketOptionLevel(IPPROTO_TCP), name: SocketOptionName(TCP_NOTSENT_LOWAT))
    static let unsentLowWaterBytes: SocketOptionValue = 128 << 10

    /// Makes "writable" mean that nothing is in flight.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 1)

    /// How the configuration calls it.
    let name: ListenerName
    private let channel: any Channel
    /// Of a unix socket.
    private let file: UnixSocketFile?

    /// Binds `address` for the listener that the configuration calls `name`; connections wait until ``open()``.
    ///
    /// - Throws: ``RelayError`` when the address is taken, not ours, or not allowed.
    static func bind(
        _ address: ListenAddress, as name: ListenerName, transport: Transport = .plain, gate: Gate, group: any EventLoopGroup
    ) async throws(RelayError) -> Listener {
        let descriptors = gate.limits.descriptors
        let isTCP = if case .ip = address { true } else { false }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Nobody is accepted before what is served here is known, and then only as there is room.
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Out of descriptors: accept again a little later instead of spinning or giving up.
                    try channel.pipeline.syncOperations.addHandlers(AcceptBackoffHandler(), AcceptGate(descriptors))
                    if case .ip(let host, _) = address, host.contains(":") {
                        try channel.syncOptions?.setOption(
                            ChannelOptions.Types.SocketOption(
                                level: SocketOptionLevel(IPPROTO_IPV6), name: SocketOptionName(IPV6_V6ONLY)),
                            value: host == "::" ? 0 : 1)
                    }
                }
            }
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // A client that shuts its sending side still wants its answer.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // What the socket does not take now it does not take a moment later either.
            .childChannelOption(.writeSpin, value: 0)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isTCP { try setLifeSigns(on: channel) }
                    try addHandlers(to: channel, of: name, transport, gate)
                }
            }
        do {
            let (channel, file) = try await bind(bootstrap, to: address, group: group)
            return Listener(name: name, channel: channel, file: file)
        } catch {
            throw RelayError.cannotListen(address, error)
        }
    }

    private static func bind(
        _ bootstrap: ServerBootstrap, to address: ListenAddress, group: any EventLoopGroup
    ) async throws -> (channel: any Channel, file: UnixSocketFile?) {
        switch address {
        case .ip(let host, let port):
            // An address is not looked up: where no interface has an IPv6 address, the system's look-up knows no "::".
            if let literal = try? SocketAddress(ipAddress: host, port: port) { return (try await bootstrap.bind(to: literal).get(), nil) }
            return (try await bootstrap.bind(host: host, port: port).get(), nil)
        case .unix(let path):
            return try await UnixSocketFile.bind(at: path, on: group.next()) { try await bootstrap.withBoundSocket($0).get() }
        }
    }

    /// The port that was bound; where the configuration says 0, the one that the system chose.
    package var port: Int? { channel.localAddress?.port }

    /// The address with the port that was bound.
    package var boundAddress: ListenAddress {
        if case .ip(let host, _) = name.address, let port { .ip(host: host, port: port) } else { name.address }
    }

    /// The same as the log shows it.
    package var shownAddress: String { name.shown(boundAddress) }

    /// Begins to accept connections.
    func open() { channel.read() }

    /// Whether connections still come through.
    var isOpen: Bool { channel.isActive && file?.isInPlace != false }

    /// Takes no further connections; those that are open stay.
    func close() async {
        file?.remove()
        try? await channel.close().get()
    }

    /// Has the kernel find out within a minute that the other side is gone without a word. Both are needed: it sends no
    /// keep-alive while data is unacknowledged, and counts `TCP_USER_TIMEOUT` only then.
    private static func setLifeSigns(on channel: any Channel) throws {
        func set(_ level: CInt, _ name: CInt, _ value: SocketOptionValue) throws {
            let option = ChannelOptions.Types.SocketOption(level: SocketOptionLevel(level), name: SocketOptionName(name))
            try channel.syncOptions?.setOption(option, value: value)
        }
        try set(SOL_SOCKET, SO_KEEPALIVE, 1)
        try set(CInt(IPPROTO_TCP), TCP_KEEPIDLE, 20)
        try set(CInt(IPPROTO_TCP), TCP_KEEPINTVL, 10)
        try set(CInt(IPPROTO_TCP), TCP_KEEPCNT, 3)
        try set(CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, 50_000)
    }

    private static func addHandlers(to channel: any Channel, of name: ListenerName, _ transport: Transport, _ gate: Gate) throws {
        if Requester.isTrusted(channel.remoteAddress, gate.current.access) {
            try channel.pipeline.syncOperations.addHandler(ProxyPreambleHandler())
        }
        if case .wrapped(let makeHandlers) = transport {
            for handler in try makeHandlers() { try channel.pipeline.syncOperations.addHandler(handler) }
        }
        _ = try addHTTP(to: Outlet(channel, transport, gate.limits), of: name, gate)
    }

    /// Has a connection read as HTTP, by handlers at the end of its pipeline; `hasAnswered` where requests were answered on it before.
    static func addHTTP(
        to outlet: Outlet, of name: ListenerName, _ gate: Gate, client: ProxiedClient? = nil, hasAnswered: Bool = false
    ) throws -> HeadGate {
        let pipeline = outlet.channel.pipeline.syncOperations
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 16 << 10
        limits.maxHeaderFieldCount = 64
        // What stands behind the request of an upgrade belongs to the WebSocket.
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        let headGate = HeadGate()
        try pipeline.addHandler(headGate)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(
            RequestHandler(gate: gate, listener: name, outlet: outlet, headGate: headGate, client: client, hasAnswered: hasAnswered))
        return headGate
    }
}
