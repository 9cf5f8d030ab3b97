import Foundation
import Testing

/// `mjpeg-relay health`, which container health checks call.
@Suite struct HealthTests {
    private static func health(_ bench: Bench, _ arguments: [String], folder: String? = nil) async throws -> Int32 {
        try await bench.relay(["health"] + arguments, folder: folder ?? bench.folder()).exitStatus()
    }

    @Test func runningRelayIsHealthyWhateverItsCameraDoes() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let relay = try bench.relay(for: camera)
            let port = try await relay.port()
            #expect(try await Self.health(bench, ["-p", "\(port)"]) == 0)
            #expect(try await Self.health(bench, ["--port=\(port)"]) == 0)
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(try await Self.health(bench, ["-p", "\(port)"]) == 1)
        }
    }

    @Test func addressIsTakenFromTheFile() async throws {
        try await withBench { bench in
            let port = try await FreePort.find()
            let path = try bench.file(
                named: "relay.yaml", text: "listen: 127.0.0.1:\(port)\nsources: {front: \"http://127.0.0.1:9/\"}\n")
            let folder = URL(filePath: path).deletingLastPathComponent().path
            #expect(try await Self.health(bench, ["-c", path]) == 1)
            let relay = try bench.relay("-c", path)
            #expect(try await relay.port() == port)
            #expect(try await Self.health(bench, ["-c", path]) == 0)
            #expect(try await Self.health(bench, [], folder: folder) == 0)
        }
    }

    @Test func fileThatCannotBeReadIsAFailure() async throws {
        try await withBench { bench in
            let status = try await Self.health(bench, ["-c", "/nonexistent/relay.yaml"])
            #expect(status == 1)
        }
    }

    @Test func otherAnswerThan200IsAFailure() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                try await connection.send("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            }
            #expect(try await Self.health(bench, ["-p", "\(camera.port)"]) == 1)
            #expect(camera.requests.first?.text.hasPrefix("GET /healthz HTTP/1.1\r\n") == true)
        }
    }
}
