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
            let site = try await bench.camera(CameraScript.page(try await Self.page(bench, relay, file)))
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(site.port)/")
            try await eventually("the picture shows") { try await browser.isTrue("document.querySelector('#right').naturalWidth > 0") }
            #expect(try await browser.isTrue("document.querySelector('#wrong').naturalWidth == 0"))
            try await Self.expectTwoViewers(bench, relay)
        }
    }

    @Test func dashboardMovesInFirefoxAfterALogin() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(configuration: Self.text(camera.url))
            let browser = try await Firefox.start(bench)
            try await browser.open("http://anna:secret@localhost:\(try await relay.port())/")
            try await eventually("the dashboard is there") {
                try await browser.number("document.querySelectorAll('[data-name]').length") == 20
            }
            for number in [1, 2, 3] { try await browser.expectMoving("cam\(number)") }
            #expect(!relay.log.text.contains("login failed") && !relay.log.text.contains("secret"))
        }
    }

    @Test func dashboardMovesInFirefoxWithAnAuthorityOfItsOwn() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let authority = try TestAuthority(in: bench.folder())
            try authority.issue("a", for: ["localhost"])
            let path = "\(authority.folder)/relay.yaml"
            let text = Self.text(camera.url).replacing("listen: 127.0.0.1:0", with: "listen: https://127.0.0.1:0")
            try (text + "certificates: [{chain: a.pem, key: a.key}]\n").write(toFile: path, atomically: true, encoding: .utf8)
            let relay = try bench.relay("-d", "-c", path)
            let browser = try await Firefox.start(bench, trusting: authority.certificate)
            try await browser.open("https://anna:secret@localhost:\(try await relay.port())/")
            try await eventually("the dashboard is there") {
                try await browser.number("document.querySelectorAll('[data-name]').length") == 20
            }
            try await browser.expectMoving("cam1")
        }
    }

    @Test func pageOfAnotherOriginShowsByLinkInFirefox() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let file = try ChangingFile(bench, Self.text(camera.url))
            let relay = try bench.relay(reading: file)
            let site = try await bench.camera(CameraScript.page(try await Self.page(bench, relay, file)))
            let browser = try await Firefox.start(bench)
            try await browser.open("http://127.0.0.1:\(site.port)/")
            try await eventually("the picture shows") { try await browser.isTrue("document.querySelector('#right')?.naturalWidth > 0") }
            #expect(try await browser.isTrue("document.querySelector('#wrong').naturalWidth == 0"))
            try await Self.expectTwoViewers(bench, relay)
        }
    }

    /// A page with a picture and a frame by link, and a picture by a link that is wrong by a letter.
    private static func page(_ bench: Bench, _ relay: RelayProcess, _ file: ChangingFile) async throws -> String {
        let base = "http://localhost:\(try await relay.port())"
        let linking = try bench.program(RelayProcess.binary, ["link", "-c", file.path, "\(base)/cam1/", "--for", "1h"])
        #expect(try await linking.exitStatus() == 0)
        let link = linking.output.text.trimmingCharacters(in: .newlines)
        let wrong = link.dropLast() + (link.hasSuffix("A") ? "E" : "A")
        let stream = link.replacing("/cam1/", with: "/cam1/stream")
        return """
            <!doctype html><img id="right" src="\(stream)&amp;_=1"><img id="wrong" src="\(wrong.replacing("/cam1/", with: "/cam1/stream"))">
            <iframe src="\(link.replacing("/cam1/", with: "/cam1/embed"))"></iframe>
            """
    }

    /// The picture and the frame's socket.
    private static func expectTwoViewers(_ bench: Bench, _ relay: RelayProcess) async throws {
        try await eventually("the frame watches too") {
            try await bench.get("/cam1/status?format=json", from: relay, ["Authorization: Bearer anna:secret"])
                .json(Viewers.self).viewers >= 2
        }
    }

    private struct Viewers: Decodable { let viewers: Int }
}
