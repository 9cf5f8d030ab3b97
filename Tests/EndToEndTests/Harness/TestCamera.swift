import NIOCore
import NIOPosix
import Synchronization

/// A camera that does what a test says: serves on a port of its own, runs a script for each connection, counts and records,
/// goes away and comes back on the same port.
final class TestCamera: Sendable {
    /// What the camera does once a request is read. It may also leave all to the test, which gets at each connection by
    /// ``connection(_:)``. When the script ends, the connection stays open.
    typealias Script = @Sendable (CameraConnection) async throws -> Void

    private struct State {
        var port = 0
        var server: (any Channel)?
        var open: [TestConnection] = []
        var requested: [CameraConnection] = []
        var accepted = 0
        var scripts: [Task<Void, Never>] = []
    }

    private let script: Script
    private let state = Mutex(State())

    /// Starts to serve.
    static func start(_ script: @escaping Script = { _ in }) async throws -> TestCamera {
        let camera = TestCamera(script)
        try await camera.serve()
        return camera
    }

    private init(_ script: @escaping Script) {
        self.script = script
    }

    var port: Int { state.withLock { $0.port } }
    /// The camera's address.
    var url: String { "http://127.0.0.1:\(port)/video" }
    /// Connections accepted so far, through all comings and goings.
    var connectionCount: Int { state.withLock { $0.accepted } }
    /// The requests so far, in order.
    var requests: [CameraConnection] { state.withLock { $0.requested } }

    /// Waits for the connection with this number, counted from 1, and its request.
    func connection(_ number: Int = 1, within limit: Duration = patience) async throws -> CameraConnection {
        try await eventually("connection \(number) to the camera (there were \(connectionCount))", within: limit) {
            requests.first { $0.number == number }
        }
    }

    /// Closes the port and all connections, as a camera whose plug is pulled by a careful person.
    func goAway() async {
        let (server, connections, scripts) = state.withLock { state in
            defer { (state.server, state.open, state.scripts) = (nil, [], []) }
            return (state.server, state.open, state.scripts)
        }
        for script in scripts { script.cancel() }
        try? await server?.close().get()
        for connection in connections { await connection.close() }
    }

    /// Serves again, on the same port.
    func comeBack() async throws {
        try await eventually("port \(port) is free again") { (try? await serve()) != nil }
    }

    private func serve() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try self.accept(channel) } }
            .bind(host: "127.0.0.1", port: port).get()
        state.withLock { state in
            state.server = server
            state.port = server.localAddress?.port ?? 0
        }
    }

    private func accept(_ channel: any Channel) throws {
        let connection = TestConnection()
        try connection.adopt(channel)
        let number = state.withLock { state in
            state.open.append(connection)
            state.accepted += 1
            return state.accepted
        }
        let task = Task {
            do {
                let head = try await connection.take("a request to the camera") { bytes, _ in bytes.readHead() }
                let opened = CameraConnection(number: number, request: head, connection: connection)
                self.state.withLock { $0.requested.append(opened) }
                try await self.script(opened)
            } catch {
                // The relay went, or the test is over: what matters shows on the other side.
            }
        }
        state.withLock { $0.scripts.append(task) }
    }
}

extension ByteBuffer {
    /// Takes a head up to and with its blank line, nil while it is not complete.
    mutating func readHead() -> String? {
        guard let end = readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        return readString(length: end.upperBound - readerIndex)
    }
}
