import Foundation
import Logging
import NIOCore
import NIOPosix
import RelayConfiguration
import Testing

@testable import Relay

/// A relay in this process, on ports of the system's choice.
enum RunningRelay {
    /// The clip that the project ships.
    static let clip = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/demo.mjpeg").standardized.path

    /// A source that plays the clip.
    static func clipSource(_ name: String = "clip", fps: Double = 25) -> SourceConfiguration {
        SourceConfiguration(name: name, upstream: .file(path: clip), fps: fps)
    }

    static let loopback = ListenAddress.ip(host: "127.0.0.1", port: 0)

    /// Runs `body` with the ports of a relay, and ends the relay.
    static func with<Value: Sendable>(
        _ configuration: RelayConfiguration, group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        transport: @escaping @Sendable (WantedListener) -> Transport = { _ in .plain },
        body: ([Int]) async throws -> Value
    ) async throws -> Value {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let relay = Relay(
            configuration: configuration, group: group, logger: logger, version: "0.0.0-test", transport: transport)
        try await relay.start()
        do {
            let value = try await body(await relay.ports)
            await relay.stop()
            return value
        } catch {
            await relay.stop()
            throw error
        }
    }

    /// Runs `body` on a thread of its own with the port of a relay that plays the clip as `clip`.
    static func withClip<Value: Sendable>(
        fps: Double = 25, _ body: @escaping @Sendable (Int) throws -> Value
    ) async throws -> Value {
        try await with(RelayConfiguration(listen: [loopback], sources: [clipSource(fps: fps)])) { ports in
            let port = try #require(ports.first)
            return try await RawClient.run {
                try waitUntilStreaming(port)
                return try body(port)
            }
        }
    }

    /// Waits until every source streams, as long as a busy machine may take.
    static func waitUntilStreaming(_ port: Int, mask: UInt8 = 0) throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let client = try RawClient(port: port, mask: mask)
            try client.send("GET /readyz?strict=1 HTTP/1.1\r\nHost: x\r\n\r\n")
            if try client.readHead().contains(" 200 ") { return }
            usleep(10_000)
        }
    }
}
