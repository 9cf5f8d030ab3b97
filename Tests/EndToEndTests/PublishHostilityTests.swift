import Foundation
import TestSupport
import Testing

/// Publishers, let in or not, who send what no program sends: the relay's memory stays flat, and others are served.
@Suite struct PublishHostilityTests {
    private static func expectFlat(_ bench: Bench, _ relay: RelayProcess, _ attack: () async throws -> Void) async throws {
        _ = try await bench.get("/garden/status?format=json", from: relay)
        let before = try relay.privateKiB
        try await attack()
        let after = try relay.privateKiB
        #expect(after - before < 24 << 10, "\(before) KiB before, \(after) KiB after")
        #expect(try await bench.get("/healthz", from: relay).status == 200)
    }

    /// Sends until the relay ends the connection, or so much is sent.
    private static func flood(_ publisher: TestViewer, _ piece: [UInt8], count: Int) async -> Int {
        for number in 0..<count {
            do { try await publisher.connection.send(piece) } catch { return number }
        }
        return count
    }

    @Test func aPictureOfAGigabyte() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("max_frame_size: 1MiB")
            try await Self.expectFlat(bench, relay) {
                for fields in [
                    ["Content-Length: 1073741824"], ["Content-Type: multipart/form-data; boundary=x", "Content-Length: 1073741824"],
                ] {
                    let publisher = try await bench.publisher(to: relay, fields)
                    let start = Array("--x\r\nContent-Type: image/jpeg\r\n\r\n".utf8)
                    try await publisher.connection.send((fields.count > 1 ? start : []) + [0xFF, 0xD8])
                    // Comments without end.
                    let comment = [0xFF, 0xFE, 0xFF, 0xFF] + [UInt8](repeating: 0x41, count: 65533)
                    let sent = await Self.flood(publisher, comment, count: 16_384)
                    #expect(sent < 2000, "\(sent) pieces of 64 KiB were taken")
                    #expect(try await publisher.head().status == 413)
                    await publisher.close()
                }
            }
        }
    }

    @Test func aMillionTinyChunks() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let picture = TestPicture.jpeg(1, size: 10_000)
            let chunks = picture.flatMap { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) }
            try await Self.expectFlat(bench, relay) {
                let publisher = try await bench.publisher(to: relay, ["Transfer-Encoding: chunked"])
                for _ in 0..<100 { try await publisher.connection.send(chunks) }
                try await publisher.connection.send("0\r\n\r\n")
                #expect(try await publisher.head().status == 204)
                try await bench.status(of: relay, path: "/garden/status") { $0.framesIn == 100 }
            }
        }
    }

    @Test(arguments: ["\r\n", "X: y\r\n", "", "--x\r\n", "Content-Type: image/jpeg\r\n"])
    func headersWithoutEnd(_ line: String) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            try await Self.expectFlat(bench, relay) {
                let publisher = try await bench.publisher(
                    to: relay, ["Content-Type: multipart/form-data; boundary=x", "Content-Length: 1000000000"])
                let piece =
                    line.isEmpty
                    ? [UInt8](repeating: 0x61, count: 1 << 16) : Array(String(repeating: line, count: (1 << 16) / line.utf8.count).utf8)
                try? await publisher.connection.send("--x\r\n")
                let sent = await Self.flood(publisher, piece, count: 4000)
                #expect(sent < 4000)
            }
            // In the head of the request too.
            let publisher = try await bench.publisher(to: relay, (0..<2000).map { "X-\($0): \(String(repeating: "y", count: 100))" })
            #expect(try await publisher.head().status == 431)
        }
    }

    /// Whoever has no login may neither fill memory nor hold a place.
    @Test func strangersByTheHundred() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            try await Self.expectFlat(bench, relay) {
                var publishers: [TestViewer] = []
                for _ in 0..<100 {
                    publishers.append(try await bench.publisher(to: relay, ["Content-Length: 1000000000"], login: "X: y"))
                }
                for publisher in publishers { _ = await Self.flood(publisher, [UInt8](repeating: 0xFF, count: 1 << 16), count: 4) }
                for publisher in publishers { _ = try await publisher.connection.rest(within: .seconds(10)) }
            }
            let good = try await bench.publisher(to: relay, ["Content-Length: \(TestPicture.jpeg(1).count)"])
            try await good.connection.send(TestPicture.jpeg(1))
            #expect(try await good.head().status == 204)
        }
    }

    /// A body that never becomes a picture holds its place for no longer than a first frame may take.
    @Test func aBodyThatComesByteByByte() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("stall_timeout: 1s")
            let publisher = try await bench.publisher(to: relay, ["Transfer-Encoding: chunked"])
            let start = ContinuousClock.now
            while !publisher.connection.isClosed, start.duration(to: .now) < .seconds(10) {
                try? await publisher.connection.send("1\r\n\u{7F}\r\n")
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(start.duration(to: .now) < .seconds(4))
            #expect(try await publisher.head().status == 408)
        }
    }
}
