import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A camera on 127.0.0.1 that does to each request what a script says.
final class TestCamera: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        /// Counted from 0 over the camera's life.
        let connection: Int
        /// Counted from 0 over the connection.
        let number: Int
        let text: String

        /// A field's value, nil where it is missing.
        func field(_ name: String) -> String? {
            let start = "\(name.lowercased()):"
            return text.split(separator: "\r\n").first { $0.lowercased().hasPrefix(start) }
                .map { String($0.dropFirst(start.count)).trimmed }
        }

        /// The request target.
        var target: String { String(text.split(separator: " ").dropFirst().first ?? "") }
    }

    /// What is done on the connection, one after the other.
    enum Step: Sendable {
        case send([UInt8])
        /// Each byte in a segment of its own, as far as the network keeps them apart.
        case bytewise([UInt8])
        /// The same bytes again and again, as fast as they are read.
        case endless([UInt8])
        /// Only after so many milliseconds: what comes next must not be what comes now.
        case pause(Int)
        case close
        /// Ends without the network's goodbye.
        case reset
    }

    typealias Script = @Sendable (Request) -> [Step]

    /// What the connections and the test share.
    private final class Shared: Sendable {
        let connections = Atomic(0)
        let requests = Mutex<[Request]>([])
        let sent = Atomic(0)
    }

    let port: Int
    private let channel: any Channel
    private let shared: Shared

    /// Everything that was asked, in order.
    var requests: [Request] { shared.requests.withLock { $0 } }
    /// Bytes of `endless` that the network has taken.
    var sent: Int { shared.sent.load(ordering: .relaxed) }
    /// Connections that were made.
    var connections: Int { shared.connections.load(ordering: .relaxed) }

    private init(channel: any Channel, shared: Shared) {
        self.channel = channel
        self.shared = shared
        port = channel.localAddress?.port ?? 0
    }

    /// Starts a camera; `tls` encrypts it.
    static func start(tls: NIOSSLContext? = nil, _ script: @escaping Script) async throws -> TestCamera {
        let shared = Shared()
        let channel = try await ServerBootstrap(group: TestLoops.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let number = shared.connections.add(1, ordering: .relaxed).oldValue
                    try channel.pipeline.syncOperations.addHandler(Connection(number, shared, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestCamera(channel: channel, shared: shared)
    }

    /// Stops listening.
    func stop() async {
        try? await channel.close().get()
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let number: Int
        private let shared: Shared
        private let script: Script
        private var received: [UInt8] = []
        private var asked = 0

        init(_ number: Int, _ shared: Shared, _ script: @escaping Script) {
            self.number = number
            self.shared = shared
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            while let end = received.indices.first(where: { received[$0...].starts(with: Array("\r\n\r\n".utf8)) }) {
                let request = Request(
                    connection: number, number: asked, text: String(decoding: received[..<end], as: UTF8.self))
                received.removeSubrange(..<(end + 4))
                asked += 1
                shared.requests.withLock { $0.append(request) }
                run(script(request)[...], context)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func run(_ steps: ArraySlice<Step>, _ context: ChannelHandlerContext) {
            guard let step = steps.first else { return }
            let rest = steps.dropFirst()
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            switch step {
            case .send(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
                run(rest, context)
            case .bytewise(let bytes):
                for byte in bytes { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil) }
                run(rest, context)
            case .endless(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenSuccess {
                    let (connection, context) = bound.value
                    connection.shared.sent.add(bytes.count, ordering: .relaxed)
                    // By way of the loop: a write that succeeds at once would call ever deeper.
                    context.eventLoop.execute {
                        let (connection, context) = bound.value
                        if context.channel.isActive { connection.run(steps, context) }
                    }
                }
            case .pause(let milliseconds):
                context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                    let (connection, context) = bound.value
                    if context.channel.isActive { connection.run(rest, context) }
                }
            case .close:
                context.close(promise: nil)
            case .reset:
                _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                context.close(promise: nil)
            }
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" })
    }
}
