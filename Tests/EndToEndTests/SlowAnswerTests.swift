import Foundation
import TestSupport
import Testing

/// Those who read answers slowly harm nobody else.
@Suite struct SlowAnswerTests {
    private static let size = 4_400_000

    /// One source whose every picture is another, so that slow readers keep many; one that is small.
    private static func relay(_ bench: Bench) async throws -> RelayProcess {
        let (big, small) = try await (
            bench.camera(CameraScript.streaming(framesPerSecond: 4, size: size)), bench.camera(CameraScript.still())
        )
        let relay = try bench.relay(
            configuration: "listen: 127.0.0.1:0\ntrusted_proxies: 127.0.0.1\nsources: {big: \"\(big.url)\", small: \"\(small.url)\"}\n")
        for name in ["big", "small"] { try await bench.status(of: relay, path: "/\(name)/status") { $0.framesIn > 0 } }
        return relay
    }

    private static func from(_ address: String) -> String { "X-Forwarded-For: \(address)" }

    /// Asks for a picture, and reads nothing of it.
    private static func hoard(_ bench: Bench, _ relay: RelayProcess, _ address: String) async throws -> TestViewer {
        let viewer = try await bench.viewer(of: relay, reading: .never)
        try await viewer.ask("/big/snapshot", [from(address)])
        return viewer
    }

    private static func expectService(_ bench: Bench, _ relay: RelayProcess, _ number: Int) async throws {
        for path in ["/healthz", "/readyz", "/status", "/metrics", "/small/snapshot", "/big/snapshot"] {
            let reply = try await bench.get(path, from: relay, [from("198.51.100.\(number % 250)")])
            #expect(reply.status == 200, "\(path) beside \(number) slow readers")
        }
    }

    @Test func slowReadersOfPicturesDoNotKeepOthersFromTheirAnswers() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench)
            // Somebody honest on a slow link: 20 s for the picture, which began before all the others.
            let honest = try await bench.viewer(of: relay, reading: .limited(bytesPerSecond: Self.size / 15))
            try await honest.ask("/big/snapshot", [Self.from("203.0.113.7")])
            let before = try relay.privateKiB
            var hoarders: [TestViewer] = []
            for number in 1...30 {
                hoarders.append(try await Self.hoard(bench, relay, "192.0.2.\(number % 3)"))
                if number > 6 { try await Task.sleep(for: .milliseconds(100)) }
                if number % 6 == 0 { try await Self.expectService(bench, relay, number) }
            }
            let grown = try relay.privateKiB - before
            #expect(grown < 100 << 10, "\(grown) KiB more")
            #expect(try await honest.reply().body.count >= Self.size, "ended in favour of those who read nothing")
            #expect(hoarders.count == 30)
        }
    }

    /// Each keeps a frame of its own, and reads just enough of it not to be ended for a standstill.
    @Test func viewersWhoHardlyReadKeepNoFramesWithoutLimit() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench)
            let before = try relay.privateKiB
            var viewers: [TestViewer] = []
            for number in 1...60 {
                let viewer = try await bench.viewer(of: relay, reading: .limited(bytesPerSecond: 4000))
                try await viewer.ask("/big/stream", [Self.from("192.0.2.\(number)")])
                viewers.append(viewer)
                try await Task.sleep(for: .milliseconds(260))
            }
            // They themselves hear of it later, when they have read what the kernel kept for them.
            try await bench.status(of: relay, path: "/big/status") { $0.viewers <= 10 }
            let grown = try relay.privateKiB - before
            #expect(grown < 200 << 10, "\(grown) KiB more")
            try await Self.expectService(bench, relay, viewers.count)
        }
    }

    @Test func manyAddressesOfOneHouseholdAreOne() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench)
            // Somebody else whose picture is as large, and who reads as little for a while.
            let other = try await Self.hoard(bench, relay, "2001:db8:0:1::1")
            for number in 1...20 {
                _ = try await Self.hoard(bench, relay, "2001:db8::\(number)")
                try await Task.sleep(for: .milliseconds(260))
            }
            try await Self.expectService(bench, relay, 20)
            try await other.connection.startReading()
            #expect(try await other.reply().body.count >= Self.size)
        }
    }
}
