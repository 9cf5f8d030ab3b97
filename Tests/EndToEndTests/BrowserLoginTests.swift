import Foundation
import TestSupport
import Testing

/// Logins and links in a real browser.
@Suite struct BrowserLoginTests {
    private static func text(_ url: String) -> String {
        """
        listen: 127.0.0.1:0
        users: {anna: {password: secret}}
        link_keys: {website: "a key of the links"}
        sources:
        \((1...20).map { "  cam\($0): \"\(url)\"\n" }.joined())
        """
    }

    @Test func dashboardOfTwentyTilesMovesAfterALogin() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(configuration: Self.text(camera.url))
            let browser = try await Browser.start(bench)
            try await browser.open("http://anna:secret@localhost:\(try await relay.port())/")
            for number in [1, 2, 3] { try await browser.expectMoving("cam\(number)") }
            #expect(try await browser.number("document.querySelectorAll('[data-name]').length") == 20)
            #expect(!relay.log.text.contains("login failed") && !relay.log.text.contains("secret"))
        }
    }

    /// The page lies on another origin; one link is right, one is wrong by a letter.
    @Test func pageOfAnotherOriginShowsByLink() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let file = try ChangingFile(bench, Self.text(camera.url))
            let relay = try bench.relay(reading: file)
            let base = "http://localhost:\(try await relay.port())"
            let linking = try bench.program(RelayProcess.binary, ["link", "-c", file.path, "\(base)/cam1/", "--for", "1h"])
            #expect(try await linking.exitStatus() == 0)
            let link = linking.output.text.trimmingCharacters(in: .newlines)
            let wrong = link.dropLast() + (link.hasSuffix("A") ? "E" : "A")
            let stream = link.replacing("/cam1/", with: "/cam1/stream")
            let page = """
                <!doctype html><img id="right" src="\(stream)&amp;_=1"><img id="wrong" src="\(wrong.replacing("/cam1/", with: "/cam1/stream"))">
                <iframe src="\(link.replacing("/cam1/", with: "/cam1/embed"))"></iframe>
                """
            let site = try await bench.camera(CameraScript.page(page))
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(site.port)/")
            try await eventually("the picture shows") { try await browser.isTrue("document.querySelector('#right').naturalWidth > 0") }
            #expect(try await browser.isTrue("document.querySelector('#wrong').naturalWidth == 0"))
            // The picture and the frame's socket.
            try await eventually("the frame watches too") {
                try await bench.get("/cam1/status?format=json", from: relay, ["Authorization: Bearer anna:secret"])
                    .json(Viewers.self).viewers >= 2
            }
        }
    }

    private struct Viewers: Decodable { let viewers: Int }
}
