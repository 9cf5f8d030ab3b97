import Foundation
import TestSupport
import Testing

/// The addresses that the relay listens on.
@Suite struct ListenerTests {
    @Test func everyListedAddressServes() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(
                configuration: "listen: [\"127.0.0.1:0\", \"127.0.0.1:0\"]\nsources: {front: \"\(camera.url)\"}\n")
            for index in 0...1 {
                let viewer = try await bench.watch("/front/stream", of: relay, listener: index)
                #expect(try await viewer.part().number == 1)
            }
            #expect(try await relay.port(0) != relay.port(1))
        }
    }

    @Test func oneAddressThatIsTakenEndsTheStartWithOneLine() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let taken = try await bench.camera().port
            let relay = try bench.relay(
                configuration: "listen: [\"127.0.0.1:0\", \"127.0.0.1:\(taken)\"]\nsources: {front: \"\(camera.url)\"}\n")
            #expect(try await relay.exitStatus() == 1)
            #expect(relay.log.lines.count == 1)
            #expect(relay.log.text.contains("cannot listen on 127.0.0.1:\(taken): address already in use"))
            #expect(camera.connectionCount == 0)
        }
    }

    @Test func addressOfAnotherMachineIsOneLine() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: "listen: 192.0.2.1:54321\nsources: {front: \"http://127.0.0.1:9/\"}\n")
            #expect(try await relay.exitStatus() == 1)
            #expect(relay.log.lines.count == 1)
            #expect(relay.log.text.contains("cannot listen on 192.0.2.1:54321"))
        }
    }

    @Test func unixSocketServesAndIsRemovedAtTheEnd() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let folder = try bench.folder()
            let path = folder + "/relay.sock"
            try "listen: unix:\(path)\nsources: {front: \"\(camera.url)\"}\n"
                .write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            for _ in 0..<2 {
                let relay = try bench.relay("-d", "-c", folder + "/relay.yaml")
                _ = try await relay.log.line(with: "listening", path)
                _ = try await relay.log.line(with: "info streaming")
                let curl = try bench.program("curl", ["-sS", "--unix-socket", path, "http://localhost/front/snapshot"])
                #expect(try await curl.exitStatus() == 0)
                #expect(TestPicture.number(of: curl.output.bytes) == 1)
                #expect(try await bench.relay("health", "-c", folder + "/relay.yaml").exitStatus() == 0)
                // Killed, it leaves its socket behind, which is no obstacle to the next.
                relay.send(SIGKILL)
                _ = try await relay.exitStatus()
                #expect(FileManager.default.fileExists(atPath: path))
            }
            let relay = try bench.relay("-c", folder + "/relay.yaml")
            _ = try await relay.log.line(with: "listening", path)
            // While somebody answers there, the socket is taken.
            let second = try bench.relay("-c", folder + "/relay.yaml")
            #expect(try await second.exitStatus() == 1)
            #expect(second.log.text.contains("address already in use"))
            #expect(try await bench.relay("health", "-c", folder + "/relay.yaml").exitStatus() == 0)
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
