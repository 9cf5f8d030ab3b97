import Foundation
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
                let message = try await viewer.message()
                #expect(message.opcode == 1)
                #expect(message.isFinal)
                #expect(message.text == Self.text(jpeg))
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
            #expect(try await bystander.message().text == Self.text(TestPicture.jpeg(1, size: 300_000)))
            let slow = try await Self.watch(bench, relay, reading: .limited(bytesPerSecond: 1_000_000))
            for number in 2...30 {
                let jpeg = TestPicture.jpeg(number, size: 300_000)
                try await upstream.send(picture: jpeg)
                #expect(try await bystander.message().text == Self.text(jpeg))
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
            let pong = try await viewer.message()
            #expect(pong.opcode == 10)
            #expect(pong.payload == [1, 2, 3])
            try await viewer.send(opcode: 8, [3, 232])
            #expect(try await viewer.message().opcode == 8)
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
            #expect(try await bystander.message().text == Self.text(TestPicture.jpeg(1)))
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
