import Foundation
import TestSupport
import Testing

/// A relay that watches a source of another relay over the relays' own WebSocket.
@Suite struct EdgeTests {
    private static let times = "reconnect_min: 100ms, reconnect_max: 300ms"

    private static func edge(_ bench: Bench, of port: Int, _ settings: String = "") throws -> RelayProcess {
        try bench.relay(
            configuration: """
                listen: 127.0.0.1:0
                sources: {front: {url: "ws://127.0.0.1:\(port)/front/ws", heartbeat: 500ms, stall_timeout: 2s, \(times)\(settings)}}
                """)
    }

    @Test func theBytesAndTheTimesAreTheOrigins() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let origin = try bench.relay(for: camera, settings: Bench.shortTimes)
            let edge = try Self.edge(bench, of: try await Self.edge(bench, of: try await origin.port()).port())
            let upstream = try await camera.connection(1)
            try await upstream.answer()
            let picture = TestPicture.jpeg(1, size: 30_000)
            try await upstream.send(picture: picture)
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" && $0.framesIn == 1 }
            #expect(try await bench.get("/front/snapshot", from: edge).body == picture)
            let times = [
                try await bench.get("/front/snapshot", from: edge)["X-Timestamp"],
                try await bench.get("/front/snapshot", from: origin)["X-Timestamp"],
            ]
            #expect(times[0] != nil && times[0] == times[1])
            let status = try await bench.get("/front/status?format=json", from: origin).text
            #expect(status.contains(#""relay":true"#) && status.contains(#""viewers":1,"#))
        }
    }

    @Test func theTrueStateGoesThroughAnyNumberOfRelays() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let origin = try bench.relay(for: camera, settings: Bench.shortTimes)
            let middle = try Self.edge(bench, of: try await origin.port())
            let edge = try Self.edge(bench, of: try await middle.port())
            let viewer = try await bench.watch("/front/stream", of: edge)
            let upstream = try await camera.connection(1)
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" && $0.framesIn == 1 }
            await camera.goAway()
            let lost = try await bench.status(of: edge, path: "/front/status") { $0.state == "waiting" && $0.reasonCode == "connection" }
            #expect(lost.framesIn == 1)
            #expect(lost.reason == "the connection to the camera failed")
            try await eventually("the placeholder") { try await viewer.anyPart().kind == "placeholder" }
            try await camera.comeBack()
            let again = try await camera.connection(2)
            try await again.answer()
            try await again.send(picture: TestPicture.jpeg(2))
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" && $0.framesIn == 2 }
            // Neither connection between relays was made anew.
            #expect(!edge.log.text.contains("camera lost") && !middle.log.text.contains("camera lost"))
        }
    }

    /// The origin's camera is slow, or its picture does not change: never a stall here.
    @Test(arguments: [true, false])
    func anEdgeHasTheOriginsPatience(_ isSlow: Bool) async throws {
        try await withBench { bench in
            let picture = TestPicture.jpeg(1)
            let head = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n"
            let camera = isSlow ? try await bench.camera() : try await TestCamera.start { _ in [.send(Array(head.utf8) + picture)] }
            let times = isSlow ? "stall_timeout: 30s, heartbeat: 500ms" : "stall_timeout: 3s, heartbeat: 500ms, interval: 500ms"
            let origin = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", \(times)}}\n")
            let edge = try Self.edge(bench, of: try await origin.port())
            if isSlow {
                let upstream = try await camera.connection(1)
                try await upstream.answer()
                try await upstream.send(picture: picture)
            }
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" }
            let viewer = try await bench.watch("/front/stream", of: edge)
            let end = ContinuousClock.now + .seconds(7)
            while ContinuousClock.now < end { #expect(try await viewer.anyPart().kind != "placeholder") }
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" }
            await camera.stop()
        }
    }

    /// The origin is killed and started anew: viewers stay, with pictures within two seconds.
    @Test func anOriginThatIsStartedAnewIsWatchedAgain() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            func origin(_ port: Int) throws -> RelayProcess {
                try bench.relay(configuration: "listen: 127.0.0.1:\(port)\nsources: {front: \"\(camera.url)\"}\n")
            }
            let first = try origin(0)
            let port = try await first.port()
            let edge = try Self.edge(bench, of: port)
            let viewer = try await bench.watch("/front/stream", of: edge)
            _ = try await viewer.part()
            first.send(SIGKILL)
            _ = try await first.exitStatus()
            try await bench.status(of: edge, path: "/front/status") { $0.state == "waiting" || $0.state == "connecting" }
            let second = try origin(port)
            _ = try await second.port()
            let start = ContinuousClock.now
            let before = try await bench.status(of: edge, path: "/front/status") { _ in true }.framesIn
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" && $0.framesIn > before + 5 }
            _ = try await viewer.part()
            #expect(start.duration(to: .now) < .seconds(2))
        }
    }

    @Test func aCircleOfRelaysIsRefused() async throws {
        try await withBench { bench in
            let file = """
                listen: 127.0.0.1:0
                sources: {front: {url: "ws://127.0.0.1:1/front/ws", \(Self.times)}}
                """
            let changing = try ChangingFile(bench, file)
            let first = try bench.relay(reading: changing)
            let second = try Self.edge(bench, of: try await first.port(), ", on_demand: true")
            try changing.write(file.replacingOccurrences(of: ":1/", with: ":\(try await second.port())/"))
            first.send(SIGHUP)
            // The first watches the second, which therefore asks the first, and is told.
            let status = try await bench.status(of: second, path: "/front/status") { $0.state == "refused" }
            #expect(status.reasonCode == "status")
            _ = try await second.log.line(with: "has these pictures from this relay", "(508)")
            // The first is told why there is no picture.
            try await bench.status(of: first, path: "/front/status") { $0.state == "refused" && $0.reason?.contains("508") == true }
        }
    }

    @Test func moreThanEightRelaysAreRefused() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            let origin = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {front: \"\(camera.url)\"}\n")
            func answer(_ hops: Int) async throws -> Int {
                let via = (0..<hops).map { "1.1 mjpeg-relay-\($0)" }.joined(separator: ", ")
                let viewer = try await bench.viewer(of: origin)
                try await viewer.ask(
                    "/front/ws",
                    [
                        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: mjpeg-relay-watch.1", "Via: \(via)",
                    ])
                return try await viewer.head().status
            }
            #expect(try await answer(8) == 101)
            #expect(try await answer(9) == 508)
        }
    }
}
