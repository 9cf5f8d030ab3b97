import TestSupport
import Testing

/// A relay whose camera is another relay.
@Suite struct RelayChainTests {
    @Test func relaysInARowReportTheTrueState() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let first = try bench.relay(for: camera, settings: Bench.shortTimes)
            func behind(_ relay: RelayProcess) async throws -> RelayProcess {
                try bench.relay(
                    configuration: """
                        listen: 127.0.0.1:0
                        sources: {front: {url: "http://127.0.0.1:\(try await relay.port())/front/stream", \(Bench.shortTimes)}}
                        """)
            }
            let last = try await behind(try await behind(first))
            let viewer = try await bench.watch("/front/stream", of: last)
            let upstream = try await camera.connection(1)
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            try await bench.status(of: last, path: "/front/status") { $0.state == "streaming" && $0.framesIn == 1 }
            await camera.goAway()
            // The first goes on sending pictures, by which the others must not be fooled.
            let lost = try await bench.status(of: last, path: "/front/status") {
                $0.state != "streaming" && $0.lastFrame.map { $0.ageSeconds > 2 } ?? false
            }
            #expect(lost.framesIn == 1)
            try await eventually("not well") { try await bench.get("/front/healthz", from: last).status == 503 }
            #expect(try await bench.get("/front/snapshot", from: last).status == 503)
            try await eventually("the placeholder") { try await viewer.anyPart().kind == "placeholder" }
            try await camera.comeBack()
            let again = try await camera.connection(2)
            try await again.answer()
            // Some, since a relay may dial the one before just now.
            for number in 2...4 {
                try await again.send(picture: TestPicture.jpeg(number))
                try await bench.status(of: first, path: "/front/status") { $0.framesIn == number }
            }
            #expect(try await viewer.part().number != nil)
        }
    }

    /// The first relay's camera is slow, or its picture does not change: the second neither dials again nor shows a placeholder.
    @Test(arguments: [true, false])
    func aRelayThatReadsARelayHasItsPatience(_ isSlow: Bool) async throws {
        try await withBench { bench in
            let picture = TestPicture.jpeg(1)
            let head = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n"
            let camera = isSlow ? try await bench.camera() : try await TestCamera.start { _ in [.send(Array(head.utf8) + picture)] }
            let times = isSlow ? "stall_timeout: 30s, heartbeat: 500ms" : "stall_timeout: 3s, heartbeat: 500ms, interval: 500ms"
            let first = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", \(times)}}\n")
            let second = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "http://127.0.0.1:\(try await first.port())/front/stream", stall_timeout: 2s, heartbeat: 500ms}}
                    """)
            let viewer = try await bench.watch("/front/stream", of: second)
            if isSlow {
                let upstream = try await camera.connection(1)
                try await upstream.answer()
                try await upstream.send(picture: picture)
            }
            #expect(try await viewer.anyPart().kind != "placeholder")
            let end = ContinuousClock.now + .seconds(7)
            while ContinuousClock.now < end { #expect(try await viewer.anyPart().kind != "placeholder") }
            try await bench.status(of: second, path: "/front/status") { $0.state == "streaming" }
            if isSlow { #expect(camera.connectionCount == 1) }
            await camera.stop()
        }
    }
}
