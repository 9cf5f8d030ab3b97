import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One TCP connection of a test, either end: sends bytes, and keeps what comes until the test takes it.
package final class TestConnection: Sendable {
    /// How a test reads what comes.
    package enum Reading: Sendable {
        case atOnce
        /// In pieces, never faster than this.
        case limited(bytesPerSecond: Int)
        case never
    }

    private struct State {
        var bytes = ByteBuffer()
        /// Grows with each piece, so that a waiting test looks only at what is new.
        var version = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let openChannel = Mutex<(any Channel)?>(nil)

    /// Connects to this machine. A reader that is slow or never reads also gets a small receive buffer.
    ///
    /// - Parameter trusting: the path of an authority's certificate, for a connection over TLS to `localhost`.
    package static func open(port: Int, reading: Reading = .atOnce, trusting authority: String? = nil) async throws -> TestConnection {
        let tls = try authority.map { path in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(path)
            return try NIOSSLContext(configuration: configuration)
        }
        let connection = TestConnection()
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try connection.adopt(channel)
                }
            }
        switch reading {
        case .atOnce: break
        case .limited, .never:
            bootstrap =
                bootstrap
                .channelOption(.autoRead, value: false)
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: pieceSize))
                .channelOption(.socketOption(.so_rcvbuf), value: 32 << 10)
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
        if case .limited(let rate) = reading { connection.readSlowly(channel, bytesPerSecond: rate) }
        return connection
    }

    /// Makes this the keeper of a channel; called on its event loop before it is active.
    package func adopt(_ channel: any Channel) throws {
        openChannel.withLock { $0 = channel }
        try channel.pipeline.syncOperations.addHandler(Inbox(connection: self))
    }

    /// Sends all of `bytes`; returns when the kernel has them.
    package func send(_ bytes: [UInt8]) async throws {
        guard let channel = openChannel.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Reads at once from now on.
    package func startReading() async throws {
        guard let channel = openChannel.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
        try await channel.setOption(.autoRead, value: true).get()
    }

    /// Closes in good order.
    package func close() async {
        try? await openChannel.withLock { $0 }?.close().get()
    }

    /// Whether the connection has ended, by whichever side.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Bytes that have come and were not taken yet.
    package var waitingBytes: Int { state.withLock { $0.bytes.readableBytes } }

    /// Waits until `parse` finds in what has come what the test wants; `parse` moves the reader index over what it takes.
    ///
    /// It is called again whenever more has come, and once more at the end of the connection, with true.
    package func take<T>(
        _ what: String, within limit: Duration = patience, _ parse: (inout ByteBuffer, _ isClosed: Bool) throws -> T?
    ) async throws -> T {
        var seen = -1
        return try await eventually(what, within: limit) {
            try state.withLock { state in
                guard state.version != seen else { return nil }
                seen = state.version
                var bytes = state.bytes
                guard let value = try parse(&bytes, state.isClosed) else {
                    if state.isClosed { throw ClosedEarly(what: what, rest: String(buffer: state.bytes)) }
                    return nil
                }
                state.bytes = bytes
                if bytes.readableBytes == 0 { state.bytes.clear() } else { state.bytes.discardReadBytes() }
                return value
            }
        }
    }

    /// Waits for the end and returns what came before it.
    package func rest(within limit: Duration = patience) async throws -> [UInt8] {
        try await take("the connection ends", within: limit) { bytes, isClosed in
            isClosed ? bytes.readBytes(length: bytes.readableBytes) : nil
        }
    }

    private static let pieceSize = 8 << 10

    /// Asks for one piece after the other, each when it is due.
    private func readSlowly(_ channel: any Channel, bytesPerSecond: Int) {
        let pause = TimeAmount.nanoseconds(Int64(Self.pieceSize) * 1_000_000_000 / Int64(bytesPerSecond))
        channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: pause) { task in
            if channel.isActive { channel.read() } else { task.cancel() }
        }
    }

    fileprivate func received(_ piece: ByteBuffer) {
        state.withLock { state in
            var piece = piece
            state.bytes.writeBuffer(&piece)
            state.version += 1
        }
    }

    fileprivate func ended() {
        state.withLock { state in
            state.isClosed = true
            state.version += 1
        }
    }

    private final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let connection: TestConnection

        init(connection: TestConnection) { self.connection = connection }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { connection.received(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { connection.ended() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// Thrown when the other side closes while a test waits for more.
    package struct ClosedEarly: Error, CustomStringConvertible {
        let what: String
        let rest: String
        package var description: String { "the connection ended before: \(what); left over: '\(rest.prefix(500))'" }
    }
}
