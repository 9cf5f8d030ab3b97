import TestSupport
import Testing

/// Cameras that are not there, go away, come back, or say no; viewers stay.
@Suite struct CameraLossTests {
    @Test func cameraThatIsAbsentAtTheStartIsFoundWhenItAppears() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let status = try await bench.status(of: relay) { $0.state == "waiting" }
            #expect(status.reason?.contains("refused") == true)
            try await camera.comeBack()
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
        }
    }

    @Test func frameCutByTheCamerasLossIsNeverSentAndViewersStay() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let first = try await camera.connection(1)
            try await first.answer()
            try await first.send(picture: TestPicture.jpeg(1, size: 50_000))
            #expect(try await viewer.part().number == 1)
            try await first.send(Array(CameraForm().part(TestPicture.jpeg(2, size: 50_000)).prefix(30_000)))
            await camera.goAway()
            _ = try await relay.log.line(with: "camera lost")
            try await camera.comeBack()
            let second = try await camera.connection(2)
            try await second.answer()
            try await second.send(picture: TestPicture.jpeg(3, size: 50_000))
            #expect(try await viewer.part().number == 3)
            #expect(!viewer.connection.isClosed)
            let status = try await bench.status(of: relay) { $0.state == "streaming" }
            #expect(status.connects == 2)
            #expect(status.framesIn == 2)
        }
    }

    @Test func cameraThatIsSilentIsDialledAgain() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", stall_timeout: 500ms, reconnect_min: 100ms, reconnect_max: 200ms}}
                    """)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let first = try await camera.connection(1)
            try await first.answer()
            try await first.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            try await eventually("the silent connection is closed") { first.connection.isClosed }
            let second = try await camera.connection(2)
            try await second.answer()
            try await second.send(picture: TestPicture.jpeg(2))
            #expect(try await viewer.part().number == 2)
            #expect(try await relay.log.line(with: "camera lost", "no picture").contains("source=front"))
        }
    }

    @Test func snapshotWithoutAFrameIs503WithRetryAfter() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let reply = try await bench.get("/snapshot", from: relay)
            #expect(reply.status == 503)
            #expect(reply["Retry-After"].flatMap { Int($0) } ?? 0 > 0)
            #expect(!reply.body.isEmpty)
        }
    }

    @Test func nameThatDoesNotResolveIsTriedAgainAndNamedInTheStatus() async throws {
        try await withBench { bench in
            let relay = try bench.relay("-d", "-p", "0", "http://camera.invalid/video")
            let status = try await bench.status(of: relay) { $0.state == "waiting" && $0.reason != nil }
            #expect(status.reason?.contains("camera.invalid") == true)
            #expect(status.reasonCode == "name_not_found")
            _ = try await relay.log.line(with: " debug ", "reason=", "camera.invalid")
            let page = try await bench.get("/status", from: relay)
            #expect(page.text.contains("camera.invalid"))
            #expect(relay.isRunning)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404"),
        ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n", "login"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>log in</html> ", "text/html"),
    ])
    func refusalIsNamedInTheStatus(answer: String, word: String) async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                try await connection.send(answer)
            }
            let relay = try bench.relay(for: camera)
            let status = try await bench.status(of: relay) { $0.state == "refused" }
            #expect(status.reason?.contains(word) == true)
            #expect(camera.connectionCount == 1)
            #expect(try await bench.get("/healthz", from: relay).status == 200, "one bad camera is not the relay's end")
        }
    }

    @Test func cameraThatFailsAgainAndAgainIsLoggedOnce() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { await $0.close() }
            let relay = try bench.relay(for: camera)
            _ = try await camera.connection(4)
            #expect(relay.log.lines.filter { $0.contains(" warning ") }.count == 1)
        }
    }

    @Test func cameraThatAcceptsAndSaysNothingIsNamedAndDialledAgain() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", connect_timeout: 300ms, reconnect_min: 100ms, reconnect_max: 100ms}}
                    """)
            let status = try await bench.status(of: relay, path: "/front/status") { $0.reason != nil }
            #expect(status.reason?.contains("does not answer") == true)
            let second = try await camera.connection(2)
            try await eventually("the connection is closed") { second.connection.isClosed }
        }
    }

    @Test func cameraThatIsBusyIsLeftAloneAsLongAsItAsks() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                try await connection.send("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n")
            }
            let relay = try bench.relay(for: camera)
            let status = try await bench.status(of: relay) { $0.retryInSeconds != nil }
            #expect(try #require(status.retryInSeconds) > 60)
            #expect(status.reason?.contains("503") == true)
        }
    }

    @Test func frameOverTheLimitIsNamedAndTheNextConnectionIsReadAnew() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", max_frame_size: 64KiB, reconnect_min: 100ms, reconnect_max: 100ms}}
                    """)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let first = try await camera.connection(1)
            try await first.answer()
            try? await first.send(picture: TestPicture.jpeg(1, size: 100_000))
            let second = try await camera.connection(2)
            try await second.answer()
            try await second.send(picture: TestPicture.jpeg(2, size: 50_000))
            #expect(try await viewer.part().number == 2)
            _ = try await relay.log.line(with: "warning", "65536")
        }
    }

    @Test func redirectToTheRealAddressIsFollowed() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                if connection.request.text.hasPrefix("GET /video HTTP/1.") {
                    try await connection.send("HTTP/1.1 302 Found\r\nLocation: cgi/mjpg?res=1\r\nContent-Length: 0\r\n\r\n")
                } else if connection.request.text.hasPrefix("GET /cgi/mjpg?res=1 HTTP/1.") {
                    try await CameraScript.still()(connection)
                }
            }
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            #expect(try await viewer.part().number == 1)
        }
    }

    /// `localhost` is the one name with two addresses that every machine has; the camera serves the second of them.
    @Test func everyAddressOfANameIsTried() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay("-d", "-p", "0", "http://localhost:\(camera.port)/video")
            let viewer = try await bench.watch(of: relay)
            #expect(try await viewer.part().number == 1)
            #expect(try await camera.connection().field("Host") == "localhost:\(camera.port)")
        }
    }

    @Test func whatACameraSaysCannotForgeLogLinesOrPages() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                try await connection.send(
                    "HTTP/1.1 500 <script>alert(1)</script>\u{1B}[31m\rforged\r\nServer: <b>\"'&\r\nContent-Length: 0\r\n\r\n")
            }
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.reason?.contains("500") == true }
            for path in ["/status", "/camera/", "/camera/healthz", "/snapshot"] {
                let reply = try await bench.get(path, from: relay)
                if reply["Content-Type"]?.hasPrefix("text/") == true { #expect(!reply.text.contains("\u{1B}")) }
                if reply["Content-Type"]?.hasPrefix("text/html") == true { #expect(!reply.text.contains("<script>")) }
            }
            _ = try await relay.log.line(with: "warning", "500")
            #expect(!relay.log.text.contains("\u{1B}"))
            #expect(!relay.log.text.contains("\r"))
        }
    }
}
