import TestSupport
import Testing

/// Sources with `enabled: false`.
@Suite struct SwitchedOffTests {
    @Test func sourceThatIsSwitchedOffKeepsItsViewersAndLetsItsCameraGo() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            func text(_ enabled: Bool) -> String {
                "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", enabled: \(enabled), heartbeat: 500ms}}\n"
            }
            let file = try ChangingFile(bench, text(false))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let off = try await viewer.anyPart()
            #expect(off.kind == "placeholder")
            #expect(try await viewer.anyPart().kind == "placeholder", "and again after a heartbeat")
            try await bench.status(of: relay, path: "/front/status") { $0.state == "off" && $0.viewers == 1 }
            #expect(try await bench.get("/front/healthz", from: relay).status == 200, "as it should be")
            let snapshot = try await bench.get("/front/snapshot", from: relay)
            #expect(snapshot.status == 503)
            #expect(snapshot.body == off.jpeg)
            #expect(camera.connectionCount == 0)

            try file.write(text(true))
            try await relay.reload()
            #expect(try await viewer.part().number != nil)

            try file.write(text(false))
            try await relay.reload()
            try await eventually("the camera is let go") { camera.connections[0].connection.isClosed }
            try await eventually("the placeholder") { try await viewer.anyPart().jpeg == off.jpeg }
            #expect(!viewer.connection.isClosed)
            #expect(camera.connectionCount == 1)
        }
    }
}
