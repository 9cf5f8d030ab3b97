import TestSupport
import Testing

/// A viewer on a slow link sees fewer frames, never old or torn ones, and holds nobody up.
@Suite struct SlowViewerTests {
    /// Big enough that what the kernel keeps is small beside it.
    private static let size = 300_000
    private static let count = 60

    /// Sends frames 1 to `count` at most 25 a second, each when `bystander` has the one before.
    private static func stream(from upstream: CameraConnection, to bystander: TestViewer) async throws {
        let clock = ContinuousClock()
        for number in 1...count {
            let next = clock.now + .milliseconds(40)
            let jpeg = TestPicture.jpeg(number, size: size)
            try await upstream.send(picture: jpeg)
            #expect(try await bystander.part().jpeg == jpeg, "a bystander misses a frame")
            try await clock.sleep(until: next)
        }
    }

    @Test func slowViewerSkipsWholeFramesAndIsNeverBehind() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let bystander = try await bench.watch(of: relay)
            // A quarter of what comes.
            let slow = try await bench.viewer(of: relay, reading: .limited(bytesPerSecond: Self.size * 25 / 4))
            try await slow.ask("/stream")
            try await slow.openStream()
            try await bench.status(of: relay) { $0.viewers == 2 }
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await Self.stream(from: upstream, to: bystander)
            // What came until now is what the slow link could carry; what comes from now on was kept somewhere.
            let before = slow.connection.waitingBytes
            var seen: [Int] = []
            var bytes = 0
            var late = 0
            while seen.last != Self.count {
                let part = try await slow.part()
                seen.append(try #require(part.number, "a torn frame"))
                bytes += part.header.utf8.count + part.jpeg.count
                if bytes > before { late += 1 }
            }
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })
            #expect(seen.count < Self.count * 2 / 3, "it was slow: \(seen)")
            #expect(seen.count > 3, "it saw something: \(seen)")
            #expect(late <= 4, "frames were kept for it: \(seen), \(late) of them late")
            let status = try await bench.status(of: relay) { _ in true }
            #expect(status.framesSkipped == Self.count - seen.count - (seen[0] - 1))
        }
    }

    @Test func viewerThatNeverReadsDelaysNobody() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let bystander = try await bench.watch(of: relay)
            for _ in 0..<5 {
                let stuck = try await bench.viewer(of: relay, reading: .never)
                try await stuck.ask("/stream")
            }
            try await bench.status(of: relay) { $0.viewers == 6 }
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await Self.stream(from: upstream, to: bystander)
            let status = try await bench.status(of: relay) { _ in true }
            #expect(status.viewers == 6)
            #expect(status.framesSkipped > 0)
        }
    }
}
