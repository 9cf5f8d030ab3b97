import Foundation
import TestSupport
import Testing

/// The relay behind Debian's Apache, which asks for a login and calls the relay by another name than the browser does; and what
/// pages say of proxies that let no WebSocket through.
@Suite struct ApacheTests {
    private static let configuration = """
        listen: 127.0.0.1:0
        trusted_proxies: 127.0.0.1
        sources: {clip: "file:\(DashboardTests.clip)"}

        """

    /// Whether every script that waits for a picture in the page has got some.
    private static let moves = "document.querySelector('canvas').dataset.frames > 5"
    private static let message = "document.querySelector('.picture .message:not([hidden])')?.innerText ?? ''"

    @Test func everythingWorksUnderAPathWithALogin() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: Self.configuration)
            let port = try await FreePort.find()
            try await Apache.start(bench, port: port, relayPort: try await relay.port())
            let base = "http://127.0.0.1:\(port)/cams"

            let browser = try await Browser.start(bench)
            for path in ["/", "/clip/", "/clip/embed"] {
                try await browser.open("http://\(Apache.login)@127.0.0.1:\(port)/cams\(path)")
                try await eventually("the picture at \(path) moves") { try await browser.isTrue(Self.moves) }
            }
            // The browser has kept the login.
            for path in ["", "/clip/"] {
                try await browser.open("\(base)\(path)")
                try await eventually("the picture at \(path) moves") { try await browser.isTrue(Self.moves) }
            }
            #expect(try await browser.text("document.querySelector('.line pre').textContent").contains("\"\(base)/clip/embed\""))
            #expect(try await browser.complaints() == [])
            let viewers = try await bench.get("/clip/status?format=json", from: relay).json(Viewers.self)
            #expect(viewers.viewerList.allSatisfy { $0.address == "127.0.0.1" }, "the proxy's word, which names no port")

            let stream = try bench.program("curl", ["-sN", "-u", Apache.login, "\(base)/clip/stream"])
            try await eventually("frames come through Apache") { stream.output.bytes.count > 100_000 }
            let snapshot = try bench.program(
                "curl", ["-s", "-u", Apache.login, "-o", "/dev/null", "-w", "%{http_code} %{content_type}", "\(base)/clip/snapshot"])
            #expect(try await snapshot.exitStatus() == 0)
            #expect(snapshot.output.text == "200 image/jpeg")
            for path in ["clip/snapshot", "clip/stream", "status", ""] {
                let stranger = try bench.program("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "\(base)/\(path)"])
                #expect(try await stranger.exitStatus() == 0)
                #expect(stranger.output.text == "401", "for \(path)")
            }
        }
    }

    private struct Viewers: Decodable {
        struct Viewer: Decodable { let address: String }
        let viewerList: [Viewer]
    }

    /// Frames must not pile up in the proxy, nor wait in it for more.
    @Test func slowStreamComesThroughFrameByFrame() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\ntrusted_proxies: 127.0.0.1\nsources: {clip: {url: \"\(camera.url)\"}}\n")
            let port = try await FreePort.find()
            try await Apache.start(bench, port: port, relayPort: try await relay.port())
            let connection = try await camera.connection()
            try await connection.answer()
            try await connection.send(picture: TestPicture.jpeg(1, size: 3000))
            let stream = try bench.program("curl", ["-sN", "-u", Apache.login, "http://127.0.0.1:\(port)/cams/clip/stream"])
            for number in 2...4 {
                let before = stream.output.bytes.count
                try await connection.send(picture: TestPicture.jpeg(number, size: 3000))
                // Sooner than the heartbeat, which would push it out.
                try await eventually("frame \(number) comes by itself", within: .seconds(3)) {
                    stream.output.bytes.count >= before + 3000 && stream.output.text.contains("test picture \(number) ")
                }
            }
        }
    }

    @Test(arguments: ["/", "/clip/", "/clip/embed"])
    func pageNamesTrustedProxiesWhereTheRelayRefusesItAndPlaysOnceTheyAreSet(_ path: String) async throws {
        try await withBench { bench in
            let file = try ChangingFile(bench, Self.configuration.replacingOccurrences(of: "trusted_proxies: 127.0.0.1\n", with: ""))
            let relay = try bench.relay(reading: file)
            let relayPort = try await relay.port()
            let port = try await FreePort.find()
            try await Apache.start(bench, port: port, relayPort: relayPort)
            let browser = try await Browser.start(bench)
            try await browser.open("http://\(Apache.login)@127.0.0.1:\(port)/cams\(path)")
            try await eventually("the page says what to do", within: .seconds(10)) {
                try await browser.text(Self.message).contains("trusted_proxies")
            }
            #expect(try await browser.text(Self.message).contains("127.0.0.1:\(port)"), "and by which name it was called")
            #expect(try await browser.isTrue("!document.documentElement.innerText.includes('s3cret')"))
            #expect(try await browser.isTrue("document.querySelector('.age').hidden"), "no picture is seen that could be old")

            // The page asks again and again.
            let line = try await relay.log.line(with: "name it in trusted_proxies")
            #expect(line.contains(" warning ") && line.hasSuffix(" address=127.0.0.1"))
            #expect(relay.log.lines.count { $0.contains("trusted_proxies") } == 1)

            try file.write(Self.configuration)
            try await relay.reload()
            try await eventually("it plays by itself") { try await browser.isTrue(Self.moves) }
            #expect(try await browser.text(Self.message) == "")
        }
    }

    @Test func pageSaysThatAProxyLetsNoWebSocketThrough() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: Self.configuration)
            let port = try await FreePort.find()
            try await Apache.start(bench, port: port, relayPort: try await relay.port()) {
                $0.replacingOccurrences(of: "upgrade=websocket ", with: "")
            }
            let browser = try await Browser.start(bench)
            try await browser.open("http://\(Apache.login)@127.0.0.1:\(port)/cams/clip/")
            try await eventually("the page says what is missing", within: .seconds(10)) {
                try await browser.text(Self.message).contains("No WebSocket reaches the relay")
            }
        }
    }

    @Test func pageSaysThatThereAreTooManyViewersUntilOneLeaves() async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {clip: {url: \"file:\(DashboardTests.clip)\", max_viewers: 1}}\n")
            let viewer = try await bench.watch("/clip/stream", of: relay)
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/")
            try await eventually("the page says that it is full", within: .seconds(10)) {
                try await browser.text(Self.message).contains("Too many viewers")
            }
            #expect(try await bench.get("/clip/ws", from: relay).status == 503)
            await viewer.close()
            try await browser.expectMoving("clip")
            #expect(try await browser.text(Self.message) == "")
            #expect(try await bench.get("/clip/ws", from: relay).status == 503, "the page has the place now")
        }
    }
}
