import Foundation
import TestSupport
import Testing

/// The relay's own pages in a real browser.
@Suite struct DashboardTests {
    /// The clip that the project ships.
    static let clip = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/demo.mjpeg").standardized
        .path

    @Test func tileTellsThatItsCameraIsLostAndComesBackByItself() async throws {
        try await withBench { bench in
            // The camera is a relay too.
            let camera = try bench.relay("-p", "0", "file:\(Self.clip)")
            let cameraPort = try await camera.port()
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources:
                      here: "file:\(Self.clip)"
                      there: http://127.0.0.1:\(cameraPort)/stream
                    """)
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/")
            try await browser.expectMoving("here")
            try await browser.expectMoving("there")
            #expect(try await browser.isTrue("!(\(Browser.isStale("there")))"))
            #expect(try await browser.text("document.querySelector('[data-name=there] .pill').textContent") == "Live")

            camera.end()
            try await bench.status(of: relay, path: "/there/status") { $0.state != "streaming" }
            try await eventually("the tile tells it within 2 s of the relay's knowing", within: .seconds(2)) {
                try await browser.isTrue(Browser.isStale("there"))
            }
            #expect(try await browser.text("document.querySelector('[data-name=there] .message').textContent").count > 5)
            #expect(try await browser.isTrue("!(\(Browser.isStale("here")))"))

            _ = try bench.relay("-p", "\(cameraPort)", "file:\(Self.clip)")
            try await browser.expectMoving("there")
            try await eventually("the tile is fresh again") { try await browser.isTrue("!(\(Browser.isStale("there")))") }
            #expect(try await browser.complaints() == [])
        }
    }

    @Test func pageHealsWhenTheRelayWasAway() async throws {
        try await withBench { bench in
            let first = try bench.relay(
                "-c", bench.file(named: "relay.yaml", text: "listen: 127.0.0.1:0\nsources: {clip: \"file:\(Self.clip)\"}\n"))
            let port = try await first.port()
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(port)/")
            try await browser.expectMoving("clip")
            first.end()
            try await eventually("the page tells that the relay is away") {
                try await browser.isTrue("!document.querySelector('.notice').hidden && \(Browser.isStale("clip"))")
            }
            let text = "listen: 127.0.0.1:\(port)\nsources: {clip: \"file:\(Self.clip)\", more: \"file:\(Self.clip)\"}\n"
            _ = try bench.relay("-c", bench.file(named: "relay.yaml", text: text))
            try await browser.expectMoving("clip")
            try await browser.expectMoving("more")
            #expect(try await browser.isTrue("document.querySelector('.notice').hidden"))
        }
    }

    @Test func thirtySourcesMoveAtOnceWhileTheStatusIsAnswered() async throws {
        try await withBench { bench in
            let sources = (1...30).map { "  s\($0): {url: \"file:\(Self.clip)\", fps: 5}" }.joined(separator: "\n")
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources:\n\(sources)\n")
            let browser = try await Browser.start(bench)
            let port = try await relay.port()
            try await browser.open("http://127.0.0.1:\(port)/")
            // In a small window only the tiles in view are live.
            try await browser.expectMoving("s1")
            let far = try await bench.get("/s30/status?format=json", from: relay).json(Viewers.self)
            #expect(far.viewers == 0)
            try await browser.resize(width: 2000, height: 2400)
            let all = "[...document.querySelectorAll('canvas')].map((canvas) => Number(canvas.dataset.frames ?? 0))"
            try await eventually("all thirty have pictures") { try await browser.isTrue("\(all).every((count) => count >= 10)") }
            let names = "fetch('status?format=json').then((answer) => answer.json()).then((status) => String(status.sources.length))"
            #expect(try await browser.text(names) == "30")
            // Away from view they let their cameras go.
            try await browser.resize(width: 800, height: 600)
            try await eventually("the tiles out of view are closed") {
                try await bench.get("/s30/status?format=json", from: relay).json(Viewers.self).viewers == 0
            }
            #expect(try await browser.complaints() == [])
        }
    }

    private struct Viewers: Decodable {
        let viewers: Int
    }

    @Test func idleTileWakesItsCameraOnlyWhenClicked() async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {clip: {url: \"file:\(Self.clip)\", on_demand: true}}\n")
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/")
            try await eventually("the tile offers to wake the camera") {
                try await browser.isTrue("!document.querySelector('.tile .wake').hidden")
            }
            #expect(try await bench.get("/clip/status?format=json", from: relay).json(SourceReply.self).state == "idle")
            _ = try await browser.text("String(document.querySelector('.tile .wake').click())")
            try await browser.expectMoving("clip")
            #expect(try await browser.complaints() == [])
        }
    }

    @Test func pageKnowsOfTheFirstPictureWithoutASecond() async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {clip: {url: "file:\(Self.clip)", fps: 0.1, heartbeat: 60s, stall_timeout: 60s}}
                    """)
            try await bench.status(of: relay, path: "/clip/status") { $0.state == "streaming" }
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/clip/embed")
            try await eventually("the page knows of the first picture") {
                try await browser.isTrue("document.querySelector('canvas')?.dataset.frames === '1'")
            }
        }
    }

    @Test func tileDoesNotHoldACameraThatAnotherWoke() async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {clip: {url: \"file:\(Self.clip)\", on_demand: true, linger: 1s}}\n")
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/")
            let viewer = try await bench.watch("/clip/stream", of: relay)
            try await eventually("the tile sees that the camera is awake, and shows how it looks") {
                try await browser.isTrue(
                    "document.querySelector('.tile .wake').textContent === 'Watch' && document.querySelector('.tile img')?.naturalWidth === 640"
                )
            }
            #expect(try await bench.get("/clip/status?format=json", from: relay).json(SourceReply.self).viewers == 1)
            await viewer.close()
            try await bench.status(of: relay, path: "/clip/status") { $0.state == "idle" }
            #expect(try await browser.complaints() == [])
        }
    }

    @Test func otherPagesShowPicturesAndTheEmbeddedOne() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {clip: \"file:\(Self.clip)\"}\n")
            let base = "http://127.0.0.1:\(try await relay.port())/clip/"
            let pictures = (1...5).map { "<img width=100 src='\(base)stream?\($0)'>" }.joined()
            let web = try await bench.camera(
                CameraScript.page("<!doctype html><title>t</title>\(pictures)<iframe src='\(base)embed' width=320 height=180></iframe>"))
            let browser = try await Browser.start(bench)
            try await browser.open("http://localhost:\(web.port)/")
            try await eventually("all pictures are there") {
                try await browser.isTrue("[...document.images].every((image) => image.naturalWidth === 640)")
            }
            let first = try await browser.screenshot(of: "iframe")
            try await eventually("the frame moves") { try await browser.screenshot(of: "iframe") != first }
            let second = try await browser.screenshot(of: "iframe")
            try await eventually("the frame goes on moving") { try await browser.screenshot(of: "iframe") != second }
            #expect(try await browser.complaints().filter { !$0.contains("favicon") } == [])
        }
    }
}
