import Foundation
import TestSupport
import Testing

/// The older relay's WebSocket port: text messages with the picture as a data URL, on any path, the newest only.
@Suite struct WebSocketTests {
    private static func relay(_ bench: Bench, _ camera: TestCamera) throws -> RelayProcess {
        try bench.relay("-d", "-p", "0", "-w", "0", camera.url)
    }

    private static func watch(
        _ bench: Bench, _ relay: RelayProcess, path: String = "/", reading: TestConnection.Reading = .atOnce
    ) async throws -> WebSocketViewer {
        let viewer = try await WebSocketViewer.open(port: relay.port(1), path: path, reading: reading)
        bench.atEnd { await viewer.connection.close() }
        return viewer
    }

    /// Reads messages up to the one with `jpeg`. On a busy machine a placeholder or a picture that was seen before may come
    /// first; all of them are whole text messages with a whole JPEG.
    private static func expect(_ jpeg: [UInt8], _ viewer: WebSocketViewer) async throws {
        let expected = text(jpeg)
        while true {
            let message = try await viewer.message()
            #expect(message.opcode == 1)
            #expect(message.isFinal)
            #expect(message.text.hasPrefix("data:image/jpg;base64,/9j/"))
            if message.text == expected { return }
            let other = Data(base64Encoded: String(message.text.dropFirst("data:image/jpg;base64,".count)))
            #expect(other?.suffix(2) == Data([0xFF, 0xD9]))
        }
    }

    private static func text(_ jpeg: [UInt8]) -> String { "data:image/jpg;base64," + Data(jpeg).base64EncodedString() }

    @Test(arguments: ["/", "/stream", "/any/path?at=all"]) func framesComeAsDataURLs(path: String) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.relay(bench, camera)
            let viewer = try await Self.watch(bench, relay, path: path)
            let upstream = try await camera.connection()
            try await upstream.answer()
            // Sizes with each padding of Base64 and each length of a WebSocket frame's head.
            for (number, size) in [(1, 0), (2, 301), (3, 302), (4, 303), (5, 60_000), (6, 200_000)] {
                let jpeg = TestPicture.jpeg(number, size: size)
                try await upstream.send(picture: jpeg)
                try await Self.expect(jpeg, viewer)
            }
        }
    }

    @Test func newestFrameComesAtOnceAndSlowViewersSkip() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.relay(bench, camera)
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1, size: 300_000))
            let bystander = try await Self.watch(bench, relay)
            try await Self.expect(TestPicture.jpeg(1, size: 300_000), bystander)
            let slow = try await Self.watch(bench, relay, reading: .limited(bytesPerSecond: 1_000_000))
            for number in 2...30 {
                let jpeg = TestPicture.jpeg(number, size: 300_000)
                try await upstream.send(picture: jpeg)
                try await Self.expect(jpeg, bystander)
            }
            let last = Self.text(TestPicture.jpeg(30, size: 300_000))
            var count = 1
            while try await slow.message().text != last { count += 1 }
            #expect(count < 20, "it skipped")
        }
    }

    @Test func pingIsAnsweredAndCloseIsTaken() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.relay(bench, camera)
            let viewer = try await Self.watch(bench, relay)
            try await viewer.send(opcode: 1, Array("hello".utf8))
            try await viewer.send(opcode: 9, [1, 2, 3])
            var pong = try await viewer.message()
            while pong.opcode == 1 { pong = try await viewer.message() }
            #expect(pong.opcode == 10)
            #expect(pong.payload == [1, 2, 3])
            try await viewer.send(opcode: 8, [3, 232])
            var goodbye = try await viewer.message()
            while goodbye.opcode == 1 { goodbye = try await viewer.message() }
            #expect(goodbye.opcode == 8)
            _ = try await viewer.connection.rest()
            try await bench.status(of: relay) { $0.viewers == 0 }
        }
    }

    @Test func longMessageFromAClientEndsItsConnectionAlone() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.relay(bench, camera)
            let loud = try await Self.watch(bench, relay)
            let bystander = try await Self.watch(bench, relay)
            try await loud.send(opcode: 1, [UInt8](repeating: 0x61, count: 5000))
            _ = try await loud.connection.rest()
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            try await Self.expect(TestPicture.jpeg(1), bystander)
        }
    }

    @Test func plainRequestIsToldWhatThePortIsFor() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench, bench.camera())
            let reply = try await bench.get("/stream", from: relay, listener: 1)
            #expect(reply.status == 426)
        }
    }
}
