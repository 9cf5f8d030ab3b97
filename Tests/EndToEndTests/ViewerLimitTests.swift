import Foundation
import TestSupport
import Testing

/// More viewers than there is room for, and viewers who take nothing: those who are there keep their stream.
@Suite struct ViewerLimitTests {
    @Test func viewersBeyondTheLimitAreTurnedAwayAndLoggedOnce() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", max_viewers: 2}, yard: "\(camera.url)"}
                    """)
            let viewers = [try await bench.watch("/front/stream", of: relay), try await bench.watch("/front/stream", of: relay)]
            for _ in 0..<5 {
                let reply = try await bench.get("/front/stream", from: relay)
                #expect(reply.status == 503)
                #expect(reply["Retry-After"].flatMap { Int($0) } ?? 0 > 0)
            }
            #expect(relay.log.lines.count { $0.contains("max_viewers") } == 1)
            #expect(relay.log.lines.contains { $0.contains("max_viewers") && $0.contains("source=front") })
            // The limit is the source's own, and stills do not count.
            #expect(try await bench.watch("/yard/stream", of: relay).part().number != nil)
            #expect(try await bench.get("/front/snapshot", from: relay).status == 200)
            for viewer in viewers { #expect(try await viewer.part().number != nil) }
            await viewers[0].close()
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 1 }
            #expect(try await bench.watch("/front/stream", of: relay).part().number != nil)
        }
    }

    @Test func limitOfTheRelayHoldsForAllSourcesTogether() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nmax_viewers: 2\nsources: {front: \"\(camera.url)\", yard: \"\(camera.url)\"}\n")
            _ = try await bench.watch("/front/stream", of: relay)
            _ = try await bench.watch("/yard/stream", of: relay)
            for name in ["front", "yard"] { #expect(try await bench.get("/\(name)/stream", from: relay).status == 503) }
        }
    }

    /// 500 connections where the system gives 256 descriptors.
    @Test func descriptorsThatRunOutHarmNobodyWhoIsThere() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let file = try bench.file(
                named: "relay.yaml",
                text: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: "\(camera.url)", reconnect_min: 100ms, reconnect_max: 100ms}}
                    """)
            let relay = try bench.relay(["-d", "-c", file], maxOpenFiles: 256)
            let before = [try await bench.watch("/front/stream", of: relay), try await bench.watch("/front/stream", of: relay)]
            for viewer in before { _ = try await viewer.part() }
            let port = try await relay.port()
            var crowd: [TestConnection] = []
            for _ in 0..<500 {
                let one = try await TestConnection.open(port: port)
                bench.atEnd { await one.close() }
                try await one.send("GET /front/stream HTTP/1.1\r\nHost: a\r\n\r\n")
                crowd.append(one)
            }
            try await eventually("many of them have a stream") { crowd.count { $0.waitingBytes > 10_000 } > 150 }
            for viewer in before { for _ in 0..<5 { #expect(try await viewer.part().number != nil) } }

            // A camera is dialled again however many viewers there are.
            await camera.goAway()
            _ = try await relay.log.line(with: "camera lost")
            try await camera.comeBack()
            _ = try await camera.connection(2)
            for viewer in before { #expect(try await viewer.part().number != nil) }

            // No spinning: what it computes in a second is far less than a second.
            let clock = ContinuousClock()
            let (start, used) = (clock.now, try relay.processorSeconds)
            for _ in 0..<20 { _ = try await before[0].part() }
            let share = (try relay.processorSeconds - used) / ((clock.now - start) / .seconds(1))
            #expect(share < 0.8)

            for one in crowd { await one.close() }
            let left = clock.now
            let viewer = try await eventually("someone new is served") {
                let viewer = try await bench.viewer(of: relay)
                try await viewer.ask("/front/stream")
                return (try? await viewer.openStream()) == nil ? nil : viewer
            }
            // Within 2 s on a machine that has nothing else to do.
            #expect(clock.now - left < .seconds(10))
            #expect(try await viewer.part().number != nil)
            for viewer in before { #expect(try await viewer.part().number != nil) }
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 3 }
            #expect(relay.log.lines.count { $0.contains("max_viewers") } <= 2)
        }
    }

    @Test func requestThatDoesNotComeIs408() async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let clock = ContinuousClock()
            let start = clock.now
            let silent = try await bench.viewer(of: relay)
            let slow = try await bench.viewer(of: relay)
            try await slow.connection.send("GET /stream HTTP/1.1\r\nHost: a\r\n")
            // Single bytes do not win time.
            let drip = Task {
                while true {
                    try await slow.connection.send("X")
                    try await clock.sleep(for: .milliseconds(500))
                }
            }
            defer { drip.cancel() }
            for viewer in [silent, slow] {
                #expect(try await viewer.head().status == 408)
                #expect(clock.now - start > .seconds(9))
            }
            try await eventually("the connections end") { silent.connection.isClosed && slow.connection.isClosed }
        }
    }

    @Test func viewerThatNeverReadsIsEndedAndOneThatIsSlowIsNot() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still(size: 8_000_000))
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nlog: {viewers: true}\nsources: {front: \"\(camera.url)\"}\n")
            let bystander = try await bench.watch("/front/stream", of: relay)
            let stuck = try await bench.viewer(of: relay, reading: .never)
            try await stuck.ask("/front/stream")
            // Needs longer for one frame than a viewer that takes nothing may stay.
            let slow = try await bench.viewer(of: relay, reading: .limited(bytesPerSecond: 150_000))
            try await slow.ask("/front/stream")
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 3 }
            let clock = ContinuousClock()
            let start = clock.now
            let line = try await relay.log.line(with: "viewer ended", within: .seconds(70))
            #expect(clock.now - start > .seconds(20))
            #expect(line.contains("source=front"))
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 2 }
            #expect(!slow.connection.isClosed)
            #expect(!bystander.connection.isClosed)
            #expect(try await bystander.part().number == 1)
        }
    }
}
