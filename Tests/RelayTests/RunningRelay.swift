import Foundation
import Logging
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
    static func with<Value: Sendable>(_ configuration: RelayConfiguration, _ body: ([Int]) async throws -> Value) async throws -> Value {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let relay = Relay(
            configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger, version: "0.0.0-test")
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
            return try await RawClient.run { try body(port) }
        }
    }
}
