import Foundation
import TestSupport
import Testing

/// Signals end the relay in good order.
@Suite struct SignalTests {
    private static func configuration(_ camera: TestCamera, drain: String) -> String {
        "listen: 127.0.0.1:0\ndrain_timeout: \(drain)\nsources: {front: \"\(camera.url)\"}\n"
    }

    @Test(arguments: [SIGTERM, SIGINT]) func signalEndsTheRelayPromptly(signal: Int32) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            // The limit of the wait below is shorter: an idle viewer does not use up the time for draining.
            let relay = try bench.relay(configuration: Self.configuration(camera, drain: "120s"))
            let viewer = try await bench.watch("/front/stream", of: relay)
            _ = try await viewer.part()
            relay.send(signal)
            #expect(try await relay.exitStatus() == 0)
            // Whole parts to the end.
            try await eventually("the stream ends") { viewer.connection.isClosed }
            while viewer.connection.waitingBytes > 0 { _ = try await viewer.anyPart() }
            #expect(relay.log.text.contains("shutting down"))
            #expect(try await camera.connection().connection.isClosed)
        }
    }

    @Test func signalWhileTheCameraIsSoughtEndsTheRelay() async throws {
        try await withBench { bench in
            for url in ["http://camera.invalid/video", "http://127.0.0.1:9/video", "file:/nonexistent"] {
                let relay = try bench.relay("-p", "0", url)
                _ = try await relay.log.line(with: "listening")
                relay.send(SIGTERM)
                #expect(try await relay.exitStatus() == 0)
            }
        }
    }

    @Test func frameInFlightIsCompleted() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(configuration: Self.configuration(camera, drain: "60s"))
            // More than the kernel takes at once, at a rate that makes it last.
            let viewer = try await bench.viewer(of: relay, reading: .limited(bytesPerSecond: 4_000_000))
            try await viewer.ask("/front/stream")
            try await viewer.openStream()
            let upstream = try await camera.connection()
            try await upstream.answer()
            let jpeg = TestPicture.jpeg(1, size: 12_000_000)
            try await upstream.send(picture: jpeg)
            try await eventually("the frame is on its way") { viewer.connection.waitingBytes > 100_000 }
            relay.send(SIGTERM)
            #expect(try await viewer.part().jpeg == jpeg)
            // What is left of the stream is the picture that says that it has ended.
            let last = try await viewer.anyPart()
            #expect(last.isLast && last.kind == "placeholder")
            #expect(try await viewer.connection.rest().isEmpty)
            #expect(try await relay.exitStatus() == 0)
        }
    }

    /// A relay whose end waits for a viewer that never reads.
    private static func drainingRelay(_ bench: Bench, drain: String) async throws -> (relay: RelayProcess, idle: TestViewer) {
        let camera = try await bench.camera(CameraScript.onePicture(size: 12_000_000))
        let relay = try bench.relay(configuration: Self.configuration(camera, drain: drain))
        let idle = try await bench.viewer(of: relay)
        try await idle.ask("/healthz")
        _ = try await idle.reply()
        let stuck = try await bench.viewer(of: relay, reading: .never)
        try await stuck.ask("/front/stream")
        try await bench.status(of: relay, path: "/front/status") { $0.viewers == 1 && $0.framesIn == 1 }
        relay.send(SIGTERM)
        _ = try await relay.log.line(with: "shutting down")
        return (relay, idle)
    }

    @Test func drainingEndsAtItsLimit() async throws {
        try await withBench { bench in
            let (relay, _) = try await Self.drainingRelay(bench, drain: "1s")
            #expect(try await relay.exitStatus() == 0)
        }
    }

    @Test func secondSignalEndsAtOnce() async throws {
        try await withBench { bench in
            let (relay, idle) = try await Self.drainingRelay(bench, drain: "120s")
            // A connection that was open before learns that no more is to be expected here.
            try await idle.ask("/readyz")
            #expect(try await idle.reply().status == 503)
            #expect(relay.isRunning)
            // One that comes right behind the first may be its echo.
            try await eventually("the relay ends") {
                relay.send(SIGTERM)
                return !relay.isRunning
            }
            #expect(relay.log.text.contains("ending at once"))
        }
    }

    /// A program that ignores signals does not outlive a relay that is told twice, nor does what the program has started.
    @Test func secondSignalKillsProgramsThatIgnoreTheFirst() async throws {
        try await withBench { bench in
            let marker = "mjpeg-relay-test-\(UInt32.random(in: 0 ... .max))"
            let script = "trap '' TERM INT HUP; (while :; do sleep 0.2; done) & while :; do sleep 0.2; done # \(marker)"
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: {exec: [bash, -c, \"\(script)\"]}}\n")
            _ = try await relay.port()
            func left() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc").count { name in
                    guard Int(name) != nil, let line = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8) else {
                        return false
                    }
                    return line.contains(marker)
                }
            }
            try await eventually("both to run") { try left() == 2 }
            relay.send(SIGTERM)
            try await eventually("the relay ends") {
                relay.send(SIGTERM)
                return !relay.isRunning
            }
            #expect(relay.log.text.contains("ending at once"))
            try await eventually("nothing is left", within: .milliseconds(1000)) { try left() == 0 }
        }
    }

    /// timeout(1) signals the program and then its own group, to which the program belongs.
    @Test func signalThatComesTwiceIsOneWish() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let program = try bench.program("timeout", ["3", RelayProcess.binary, "-p", "0", camera.url])
            #expect(try await program.exitStatus() == 124)
            #expect(program.errors.text.contains("ended"))
            #expect(!program.errors.text.contains("ending at once"))
        }
    }

    @Test func hangUpIsOnlyLoggedInSingleMode() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            let before = relay.log.lines.count
            relay.send(SIGHUP)
            try await eventually("a line about it") { relay.log.lines.count > before }
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            #expect(camera.connectionCount == 1)
            #expect(relay.isRunning)
        }
    }

    @Test func logReaderThatIsGoneEndsNothing() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let port = try await FreePort.find()
            // The shell's pipe has no reader once `true` has ended.
            let program = try bench.program(
                "/bin/sh", ["-c", "{ \(RelayProcess.binary) -d -p \(port) \(camera.url); } 2>&1 | true; sleep 60"])
            let viewer = try await eventually("the relay listens") { try? await TestViewer.open(port: port) }
            bench.atEnd { await viewer.close() }
            try await viewer.ask("/stream")
            try await viewer.openStream()
            for _ in 0..<10 { #expect(try await viewer.part().number != nil) }
            #expect(program.exitStatusSoFar == nil)
        }
    }
}
