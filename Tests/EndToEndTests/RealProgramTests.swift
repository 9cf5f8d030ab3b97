import Foundation
import NIOCore
import TestSupport
import Testing

/// The programs that people use, on both sides of the relay.
@Suite struct RealProgramTests {
    @Test func ffmpegsPicturesReachFFmpegThroughTheRelay() async throws {
        try await withBench { bench in
            let camera = try await FFmpeg.camera(bench)
            let relay = try bench.relay("-d", "-p", "0", camera.url)
            try await bench.status(of: relay) { $0.state == "streaming" }
            let url = "http://127.0.0.1:\(try await relay.port())/stream"
            let hashes = try await FFmpeg.hashes(bench, of: url, frames: 20)
            #expect(hashes.count == 20)
            #expect(Set(hashes).count == 20, "each picture is another one")
        }
    }

    @Test func ffmpegAsAViewerGetsTheCamerasBytes() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 5000))
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.state == "streaming" }
            let copies = try await FFmpeg.copies(bench, of: "http://127.0.0.1:\(try await relay.port())/stream", frames: 15)
            let numbers = try copies.map { try #require(TestPicture.number(of: $0), "a picture that is not the camera's") }
            #expect(numbers.count == 15)
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test func ffmpegsPicturesReachCurlUnchanged() async throws {
        try await withBench { bench in
            let camera = try await FFmpeg.camera(bench)
            let relay = try bench.relay("-d", "-p", "0", camera.url)
            try await bench.status(of: relay) { $0.state == "streaming" }
            let port = try await relay.port()
            let curl = try bench.program("curl", ["-sNi", "http://127.0.0.1:\(port)/stream"])
            let parts = try await eventually("curl has three parts") { try Self.parts(curl.output.bytes, atLeast: 3) }
            for part in parts {
                #expect(part.jpeg.starts(with: [0xFF, 0xD8]))
                #expect(part.jpeg.suffix(2) == [0xFF, 0xD9])
            }
            #expect(Set(parts.map(\.jpeg)).count == parts.count)
            let file = try bench.folder() + "/snapshot.jpg"
            let snapshot = try bench.program(
                "curl", ["-sSf", "-o", file, "-w", "%{http_code} %{content_type}", "http://127.0.0.1:\(port)/snapshot"])
            #expect(try await snapshot.exitStatus() == 0)
            #expect(snapshot.output.text == "200 image/jpeg")
            #expect(try Data(contentsOf: URL(filePath: file)).starts(with: [0xFF, 0xD8]))
        }
    }

    /// The parts in what `curl -i` has written so far; nil while there are fewer than `count`.
    private static func parts(_ bytes: [UInt8], atLeast count: Int) throws -> [StreamPart]? {
        var buffer = ByteBuffer(bytes: bytes)
        guard let head = buffer.readHead(), let boundary = head.firstMatch(of: /boundary=([^\r]+)/) else { return nil }
        guard let opening = buffer.readString(length: "--\(boundary.1)\r\n".utf8.count) else { return nil }
        #expect(opening == "--\(boundary.1)\r\n")
        var parts: [StreamPart] = []
        while parts.count < count {
            guard let part = try StreamPart.readPlain(&buffer, boundary: String(boundary.1), hasEnded: false) else { return nil }
            parts.append(part)
        }
        return parts
    }

    @Test func pictureOfANamedSourceMovesInChromium() async throws {
        try await withBench { bench in
            let camera = try await FFmpeg.camera(bench, framesPerSecond: 5)
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {front: \"\(camera.url)\"}\n")
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            let port = try await relay.port()
            let web = try await bench.camera(
                CameraScript.page("<!doctype html><title>t</title><img src=\"http://127.0.0.1:\(port)/front/stream\">"))
            try await Self.expectMovingPicture(
                bench, at: "http://127.0.0.1:\(web.port)/", in: "img", isThere: "document.querySelector('img')?.naturalWidth === 320")
        }
    }

    /// Chromium shows a part when the header of the next one is there, so that header has to go out with the part before it.
    @Test func pictureIsSeenInChromiumBeforeTheNextOneIsSent() async throws {
        let clip = try [UInt8](Data(contentsOf: URL(filePath: DashboardTests.clip)))
        let starts = clip.indices.dropLast(2).filter { clip[$0...].starts(with: [0xFF, 0xD8, 0xFF]) }
        let pictures = stride(from: 0, to: starts.count - 1, by: starts.count / 5).map { Array(clip[starts[$0]..<starts[$0 + 1]]) }
        try #require(pictures.count >= 4)
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", heartbeat: 60s, stall_timeout: 60s}}\n")
            let upstream = try await camera.connection()
            try await upstream.answer()
            let port = try await relay.port()
            let web = try await bench.camera(
                CameraScript.page("<!doctype html><title>t</title><img width=320 src=\"http://127.0.0.1:\(port)/front/stream\">"))
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(web.port)/")
            var shown = Data()
            for picture in pictures {
                try await upstream.send(picture: picture)
                try await eventually("the picture is there") {
                    try await browser.isTrue("document.querySelector('img')?.naturalWidth === 640")
                }
                try await eventually("the picture is seen") { try await browser.screenshot(of: "img") != shown }
                shown = try await browser.screenshot(of: "img")
            }
        }
    }

    @Test func pictureMovesOnTheRelaysOwnPage() async throws {
        try await withBench { bench in
            let camera = try await FFmpeg.camera(bench, framesPerSecond: 5)
            let relay = try bench.relay("-d", "-p", "0", camera.url)
            try await bench.status(of: relay) { $0.state == "streaming" }
            try await Self.expectMovingPicture(
                bench, at: "http://127.0.0.1:\(try await relay.port())/camera/", in: "canvas",
                isThere: "document.querySelector('canvas')?.dataset.frames > 0")
        }
    }

    private static func expectMovingPicture(_ bench: Bench, at url: String, in element: String, isThere: String) async throws {
        let browser = try await Browser.start(bench)
        try await browser.open(url)
        try await eventually("the browser has a picture") { try await browser.isTrue(isThere) }
        let first = try await browser.screenshot(of: element)
        try await eventually("the picture changes") { try await browser.screenshot(of: element) != first }
        // Once more: the first change may have been from nothing to a still picture.
        let second = try await browser.screenshot(of: element)
        try await eventually("the picture changes again") { try await browser.screenshot(of: element) != second }
    }
}
