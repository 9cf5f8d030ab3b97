import Foundation
import TestSupport
import Testing

/// What a relay's owner allows: rates, times and hours.
@Suite struct RateLimitTests {
    /// When each of a viewer's parts came, until `end`.
    private static func parts(of viewer: TestViewer, until end: ContinuousClock.Instant) async throws -> [(
        at: ContinuousClock.Instant, bytes: Int
    )] {
        var parts: [(at: ContinuousClock.Instant, bytes: Int)] = []
        while ContinuousClock.now < end {
            let part = try await viewer.part()
            parts.append((.now, part.header.utf8.count + part.jpeg.count + 30))
        }
        return parts
    }

    @Test func viewersShareARateEvenly() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 30, size: 20_000))
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", max_rate: 6Mbit, min_fps: 2.4}, yard: {url: "\(camera.url)", max_viewer_rate: 1Mbit}}
                    """)
            try await bench.status(of: relay, path: "/front/status") { $0.framesIn > 40 }
            var viewers: [TestViewer] = []
            for _ in 0..<15 { viewers.append(try await bench.watch("/front/stream", of: relay)) }
            // Each would get 2.3 frames per second with one more.
            let more = try await bench.get("/front/stream", from: relay)
            #expect(more.status == 503)
            #expect(more["Retry-After"] != nil)
            let single = try await bench.watch("/yard/stream", of: relay)
            let began = ContinuousClock.now
            let (from, end) = (began + .seconds(2), began + .seconds(12))
            let all = try await withThrowingTaskGroup(of: [(at: ContinuousClock.Instant, bytes: Int)].self) { group in
                for viewer in viewers + [single] { group.addTask { try await Self.parts(of: viewer, until: end) } }
                return try await group.reduce(into: []) { $0.append($1.filter { $0.at >= from && $0.at < end }) }
            }
            // The one of the other camera got more frames than those who share.
            let sorted = all.sorted { $0.count < $1.count }
            let (shared, alone) = (sorted.dropLast(), try #require(sorted.last))
            let bits = shared.joined().reduce(0) { $0 + $1.bytes } * 8
            // One round of frames is a twentieth of it.
            #expect((5_500_000...6_400_000).contains(bits / 10), "\(bits / 10) bit/s")
            #expect(try #require(shared.last).count - (try #require(shared.first).count) <= 1)
            #expect((900_000...1_050_000).contains(alone.reduce(0) { $0 + $1.bytes } * 8 / 10))
            for parts in shared {
                let gaps = zip(parts.dropFirst(), parts).map { $0.at - $1.at }
                #expect(gaps.allSatisfy { $0 > .milliseconds(250) && $0 < .milliseconds(700) }, "\(gaps)")
            }
            let status = String(decoding: try await bench.get("/front/status?format=json", from: relay).body, as: UTF8.self)
            #expect(status.contains("\"limited_by\":\"max_rate\""))
        }
    }

    @Test func aViewerAsksForLess() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 30, size: 10_000))
            let relay = try bench.relay(for: camera, settings: "heartbeat: 5s")
            let viewer = try await bench.watch("/front/stream?rate=400kbit", of: relay)
            let parts = try await Self.parts(of: viewer, until: .now + .seconds(4))
            #expect((15...23).contains(parts.count), "\(parts.count)")
            for rate in ["", "5", "5mbit", "-1Mbit", "0kbit"] {
                #expect(try await bench.get("/front/stream?rate=\(rate)", from: relay).status == 400, "\(rate)")
            }
        }
    }

    @Test func whoHasWatchedLongEnoughPauses() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(for: camera, settings: "max_watch: 3s, watch_pause: 3s")
            let began = ContinuousClock.now
            let first = try await bench.watch("/front/stream", of: relay)
            _ = try await first.part()
            try await Task.sleep(for: .seconds(1))
            await first.close()
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 0 }
            // The time goes on where it stopped.
            let second = try await bench.watch("/front/stream", of: relay)
            var last = try await second.anyPart()
            do { while true { last = try await second.anyPart() } } catch {}
            let watched = ContinuousClock.now - began
            #expect(watched > .seconds(2.5) && watched < .seconds(3.9), "\(watched)")
            #expect(last.number == nil, "the last picture says that the time is over")
            let refused = try await bench.get("/front/stream", from: relay)
            #expect(refused.status == 429)
            #expect(refused["Retry-After"].flatMap { Int($0) }.map { (1...3).contains($0) } ?? false)
            #expect(try await bench.get("/front/snapshot", from: relay).status == 200)
            try await Task.sleep(for: .seconds(3.2))
            _ = try await bench.watch("/front/stream", of: relay).part()
        }
    }

    @Test func outsideOfItsHoursACameraIsLetGo() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            // In a zone of its own, so that days and minutes are the test's. The hours begin with the next minute.
            var (now, parts) = (time(nil), tm())
            gmtime_r(&now, &parts)
            let until = 60 - Int(parts.tm_sec)
            let next = (Int(parts.tm_hour) * 60 + Int(parts.tm_min) + (until < 5 ? 2 : 1)) % 1440
            let text = { (minute: Int) in String(format: "%02d:%02d", minute / 60 % 24, minute % 60) }
            let yaml = { (hours: String) in
                "listen: 127.0.0.1:0\ntimezone: Etc/UTC\nsources: {front: {url: \"\(camera.url)\", hours: \"\(hours)\"}}\n"
            }
            let file = try ChangingFile(bench, yaml("\(text(next))-\(text(next + 600))"))
            let relay = try bench.relay(reading: file)
            let closed = try await bench.status(of: relay, path: "/front/status") { $0.state == "closed" }
            #expect(closed.reason == "closed until \(text(next))")
            #expect(camera.connectionCount == 0)
            #expect(try await bench.get("/front/snapshot", from: relay).status == 503)
            #expect(try await bench.get("/front/healthz", from: relay).status == 200)
            let viewer = try await bench.watch("/front/stream", of: relay)
            #expect(try await viewer.anyPart().number == nil, "a picture that says so")
            let part = try await viewer.part(within: .seconds(75))
            #expect(part.number != nil, "it opens by itself, and the viewer sees it")
            // A reload closes it again, and no old picture remains.
            try file.write(yaml("\(text(next + 700))-\(text(next + 710))"))
            try await relay.reload()
            try await bench.status(of: relay, path: "/front/status") { $0.state == "closed" }
            let upstream = try await camera.connection(1)
            try await eventually("the camera is let go") { upstream.connection.isClosed }
            #expect(try await bench.get("/front/snapshot", from: relay).status == 503)
            #expect(try await bench.get("/front/snapshot?wake=0", from: relay).status == 503)
        }
    }
}
