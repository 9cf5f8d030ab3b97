import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A camera that does what a test says: serves on a port of its own, counts and records, goes away and comes back on the same
/// port. Each connection gets a script to follow, or each request gets the steps to take.
package final class TestCamera: Sendable {
    /// What the camera does once a connection's first request is read. It may also leave all to the test, which gets at each
    /// connection by ``connection(_:within:)``. When the script ends, the connection stays open.
    package typealias Script = @Sendable (CameraConnection) async throws -> Void

    /// What the camera does on a connection for each request.
    package typealias Steps = @Sendable (Request) -> [Step]

    private enum Behaviour: Sendable {
        case script(Script)
        case steps(Steps)
    }

    private struct State {
        var port = 0
        var server: (any Channel)?
        var open: [any Channel] = []
        var connected: [CameraConnection] = []
        var requests: [Request] = []
        var accepted = 0
        var scripts: [Task<Void, Never>] = []
    }

    private let behaviour: Behaviour
    private let tls: NIOSSLContext?
    private let group: MultiThreadedEventLoopGroup
    private let state = Mutex(State())

    /// Starts to serve, with a script for each connection.
    package static func start(script: @escaping Script) async throws -> TestCamera {
        try await start(.script(script), tls: nil)
    }

    /// Starts to serve, with steps for each request; `tls` encrypts the connections.
    package static func start(tls: NIOSSLContext? = nil, _ steps: @escaping Steps) async throws -> TestCamera {
        try await start(.steps(steps), tls: tls)
    }

    private static func start(_ behaviour: Behaviour, tls: NIOSSLContext?) async throws -> TestCamera {
        let camera = TestCamera(behaviour, tls: tls)
        try await camera.serve()
        return camera
    }

    private init(_ behaviour: Behaviour, tls: NIOSSLContext?) {
        self.behaviour = behaviour
        self.tls = tls
        group = TestLoops.group
    }

    package var port: Int { state.withLock { $0.port } }
    /// The camera's address.
    package var url: String { "http://127.0.0.1:\(port)/video" }
    /// Connections accepted so far, through all comings and goings.
    package var connectionCount: Int { state.withLock { $0.accepted } }
    /// The requests so far, in order; of a script's connections only the first is read.
    package var requests: [Request] { state.withLock { $0.requests } }
    /// The connections of scripts whose request has come, in order.
    package var connections: [CameraConnection] { state.withLock { $0.connected } }

    /// Waits for the connection of a script with this number, counted from 1, and its request.
    package func connection(_ number: Int = 1, within limit: Duration = patience) async throws -> CameraConnection {
        try await eventually("connection \(number) to the camera (there were \(connectionCount))", within: limit) {
            connections.first { $0.number == number }
        }
    }

    /// Stops listening; connections stay.
    package func stop() async {
        try? await state.withLock { $0.server }?.close().get()
    }

    /// Closes the port and all connections, as a camera whose plug is pulled by a careful person.
    package func goAway() async {
        let (server, channels, scripts) = state.withLock { state in
            defer { (state.server, state.open, state.scripts) = (nil, [], []) }
            return (state.server, state.open, state.scripts)
        }
        for script in scripts { script.cancel() }
        try? await server?.close().get()
        for channel in channels { try? await channel.close().get() }
    }

    /// Serves again, on the same port.
    package func comeBack() async throws {
        try await eventually("port \(port) is free again") { (try? await serve()) != nil }
    }

    private func serve() async throws {
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        // A client that only says goodbye may still be answered; a script learns of the goodbye instead.
        if case .steps = behaviour { bootstrap = bootstrap.childChannelOption(.allowRemoteHalfClosure, value: true) }
        let server = try await bootstrap.childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
        }.bind(host: "127.0.0.1", port: port).get()
        state.withLock { state in
            state.server = server
            state.port = server.localAddress?.port ?? 0
        }
    }

    private func accept(_ channel: any Channel) throws {
        let number = state.withLock { state in
            state.open.append(channel)
            state.accepted += 1
            return state.accepted - 1
        }
        switch behaviour {
        case .script(let script):
            let connection = TestConnection()
            try connection.adopt(channel)
            run(script, on: connection, number: number)
        case .steps(let steps):
            if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            try channel.pipeline.syncOperations.addHandler(
                StepHandler(connection: number) { request in
                    self.state.withLock { $0.requests.append(request) }
                    return steps(request)
                })
        }
    }

    private func run(_ script: @escaping Script, on connection: TestConnection, number: Int) {
        let task = Task {
            do {
                let head = try await connection.take("a request to the camera") { bytes, _ in bytes.readHead() }
                let opened = CameraConnection(request: Request(connection: number, number: 0, text: head), connection: connection)
                self.state.withLock { state in
                    state.requests.append(opened.request)
                    state.connected.append(opened)
                }
                try await script(opened)
            } catch {
                // The relay went, or the test is over: what matters shows on the other side.
            }
        }
        state.withLock { $0.scripts.append(task) }
    }
}
