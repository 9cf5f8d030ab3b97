import TestSupport
import Testing

/// Cameras that come and go, and logins that are wrong at every wake.
@Suite struct CameraFlappingTests {
    /// Two lines at most, whatever the camera says each time; the rest is for level debug.
    @Test func aFlappingCameraIsOneLine() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                if connection.number % 2 == 0 {
                    try await connection.send("HTTP/1.1 503 Busy number \(connection.number)\r\nContent-Length: 0\r\n\r\n")
                } else {
                    try await connection.answer()
                    try await connection.send(picture: TestPicture.jpeg(connection.number))
                }
                await connection.close()
            }
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", reconnect_min: 100ms, reconnect_max: 100ms}}
                    """)
            _ = try await camera.connection(10)
            let lines = relay.log.lines.filter { $0.contains("source=front") && !$0.contains(" debug ") }
            #expect(lines.count == 2, "\(lines)")
            #expect(lines.first?.contains("streaming") == true)
            #expect(lines.last?.contains("camera lost") == true)
        }
    }

    /// A stream that ends after a while is dialled again at once, as long as each dial brings pictures.
    @Test func aStreamThatEndsSoonIsDialledAtOnce() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                try await connection.answer()
                for number in 0..<12 {
                    try await connection.send(picture: TestPicture.jpeg(number))
                    try await ContinuousClock().sleep(for: .milliseconds(100))
                }
                await connection.close()
            }
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", reconnect_min: 1s, reconnect_max: 1s}}
                    """)
            let start = ContinuousClock.now
            _ = try await camera.connection(6)
            // Five streams of 1.2 s; waits of up to 1 s in between would be 2.5 s more on average.
            let took = ContinuousClock.now - start
            #expect(took < .milliseconds(7500), "\(took)")
            #expect(relay.isRunning)
        }
    }

    @Test func aWrongPasswordDoesNotGoOutAtEachWake() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                guard connection.field("Authorization") != nil else {
                    return try await connection.send(
                        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
                }
                // A camera that makes who guesses wait: the viewer has left before it answers.
                try await ContinuousClock().sleep(for: .seconds(1))
                try await connection.send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
            }
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "http://a:wrong@127.0.0.1:\(camera.port)/", on_demand: true, linger: 10ms}}
                    """)
            for round in 1...4 {
                let viewer = try await bench.watch("/front/stream", of: relay)
                if round == 1 {
                    try await eventually("the login has gone out") { camera.requests.contains { $0.field("Authorization") != nil } }
                }
                await viewer.close()
                try await bench.status(of: relay, path: "/front/status") {
                    $0.viewers == 0 && ($0.state == "idle" || $0.state == "refused")
                }
                try await Task.sleep(for: .milliseconds(400))
            }
            try await bench.status(of: relay, path: "/front/status") { $0.state == "refused" && $0.reasonCode == "login_refused" }
            #expect(camera.requests.filter { $0.field("Authorization") != nil }.count == 1)
        }
    }
}
