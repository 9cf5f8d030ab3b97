import NIOCore
import NIOPosix
import Synchronization

/// A TCP port that passes everything on to another, until it freezes: then connections stay open, and nothing goes through them any
/// more in either direction. So do connections through a network that changed without a word, or through a router that forgot them.
final class Forwarder: Sendable {
    /// Whether two channels still pass on what the other says.
    private final class Link: Sendable {
        let isFrozen = Atomic(false)
        let bytes = Atomic(0)
    }

    private struct State {
        var server: (any Channel)?
        var open: [any Channel] = []
        var links: [Link] = []
        var isAway = false
        var accepted = 0
    }

    private let target: Int
    private let state = Mutex(State())

    /// Passes connections on to the port `target` of this machine; ends with the bench.
    static func start(_ bench: Bench, to target: Int) async throws -> Forwarder {
        let forwarder = Forwarder(to: target)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { forwarder.accept($0) }
            .bind(host: "127.0.0.1", port: 0).get()
        forwarder.state.withLock { $0.server = server }
        bench.atEnd { await forwarder.close() }
        return forwarder
    }

    private init(to target: Int) { self.target = target }

    var port: Int { state.withLock { $0.server?.localAddress?.port ?? 0 } }

    /// Connections accepted so far.
    var connectionCount: Int { state.withLock { $0.accepted } }

    /// Bytes that went through so far, in both directions.
    var bytes: Int { state.withLock { $0.links }.reduce(0) { $0 + $1.bytes.load(ordering: .relaxed) } }

    /// Freezes the connections that are open now, for good. New ones go through.
    func freeze() async {
        let (channels, links) = state.withLock { ($0.open, $0.links) }
        for link in links { link.isFrozen.store(true, ordering: .relaxed) }
        // One that was frozen before may be closed by now.
        for channel in channels { try? await channel.setOption(.autoRead, value: false).get() }
    }

    /// Freezes the connections that are open, and those that come: the network is away.
    func goAway() async {
        state.withLock { $0.isAway = true }
        await freeze()
    }

    /// Lets new connections through again. What was frozen stays frozen.
    func comeBack() { state.withLock { $0.isAway = false } }

    private func close() async {
        let channels = state.withLock { state in state.open + [state.server].compactMap(\.self) }
        for channel in channels { try? await channel.close().get() }
    }

    private func accept(_ near: any Channel) -> EventLoopFuture<Void> {
        let isAway = state.withLock { state in
            state.open.append(near)
            state.accepted += 1
            return state.isAway
        }
        // It is accepted, and nobody ever reads what it says.
        if isAway { return near.eventLoop.makeSucceededVoidFuture() }
        return ClientBootstrap(group: near.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMap { far in
                let link = Link()
                self.state.withLock { state in
                    state.open.append(far)
                    state.links.append(link)
                }
                return far.pipeline.addHandler(Passing(to: near, link)).flatMap { near.pipeline.addHandler(Passing(to: far, link)) }
                    .flatMap { far.setOption(.autoRead, value: true) }.flatMap { near.setOption(.autoRead, value: true) }
            }
    }

    /// Passes what one side says to the other, and its end.
    private final class Passing: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let other: any Channel
        private let link: Link

        init(to other: any Channel, _ link: Link) {
            self.other = other
            self.link = link
        }

        private var isFrozen: Bool { link.isFrozen.load(ordering: .relaxed) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            link.bytes.add(bytes.readableBytes, ordering: .relaxed)
            if !isFrozen { other.writeAndFlush(bytes, promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if !isFrozen { other.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
