import Foundation
import Synchronization
import TestSupport
import Testing

/// Everything at once for a while: cameras flap, viewers come and go, the configuration is reloaded. At the end nothing is left
/// behind, and no viewer ever saw a torn frame or another camera's.
@Suite struct SoakTests {
    /// `MJPEG_RELAY_SOAK_MINUTES`, else one minute.
    private static let duration = Duration.seconds(
        60 * (ProcessInfo.processInfo.environment["MJPEG_RELAY_SOAK_MINUTES"].flatMap { Double($0) } ?? 1))
    private static let cameras = 4
    /// Which camera a picture is from shows in its number.
    private static let numbersPerCamera = 1_000_000

    @Test func nothingIsLeftBehindAndNoFrameIsTornOrForeign() async throws {
        try await withBench { bench in
            let cameras = try await Self.makeCameras(bench)
            let file = try bench.file(named: "relay.yaml", text: Self.configuration(cameras, round: 0))
            let relay = try bench.relay("-c", file)
            _ = try await bench.status(of: relay, path: "/camera0/status") { $0.connects > 0 }

            let end = ContinuousClock.now + Self.duration
            let parts = Counter()
            var memoryAfterWarmUp = 0
            try await withThrowingTaskGroup(of: Void.self) { group in
                for viewer in 0..<24 {
                    group.addTask {
                        while ContinuousClock.now < end {
                            let camera = viewer % Self.cameras
                            parts.add(try await Self.watch(camera, of: relay, parts: Int.random(in: 0...40)))
                        }
                    }
                }
                group.addTask {
                    var round = 0
                    while ContinuousClock.now < end {
                        round += 1
                        try Self.configuration(cameras, round: round).write(toFile: file, atomically: true, encoding: .utf8)
                        relay.send(SIGHUP)
                        try await Task.sleep(for: .milliseconds(.random(in: 1...300)))
                    }
                }
                group.addTask {
                    while ContinuousClock.now < end {
                        let camera = cameras[.random(in: 0..<Self.cameras)]
                        await camera.goAway()
                        try await Task.sleep(for: .milliseconds(.random(in: 1...400)))
                        try await camera.comeBack()
                        try await Task.sleep(for: .milliseconds(.random(in: 100...1500)))
                    }
                }
                let start = ContinuousClock.now
                try await Task.sleep(for: Self.duration / 4)
                memoryAfterWarmUp = try relay.privateKiB
                try await group.waitForAll()
                #expect(ContinuousClock.now - start < Self.duration * 2 + .seconds(60), "something hung")
            }

            #expect(parts.value > Self.cameras * 20, "viewers saw pictures")
            for index in 0..<Self.cameras {
                let before = try await bench.get("/camera\(index)/status?format=json", from: relay).json(SourceReply.self).framesIn
                try await bench.status(of: relay, path: "/camera\(index)/status") { $0.framesIn > before + 5 && $0.viewers == 0 }
            }
            // The listener, one connection for each camera, and the one that asks just now; what is closing goes away.
            try await eventually("sockets are closed; there are \((try? relay.openSockets) ?? -1)") {
                try relay.openSockets <= Self.cameras + 2
            }
            let grown = try relay.privateKiB - memoryAfterWarmUp
            #expect(grown < 16 << 10, "private memory grew by \(grown) KiB")
        }
    }

    /// A number that many tasks add to.
    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add(_ more: Int) { count.withLock { $0 += more } }
    }

    private static func makeCameras(_ bench: Bench) async throws -> [TestCamera] {
        var cameras: [TestCamera] = []
        for index in 0..<Self.cameras { cameras.append(try await bench.camera(flapping(index))) }
        return cameras
    }

    /// Watches for some parts, or until the stream ends; returns how many came.
    private static func watch(_ camera: Int, of relay: RelayProcess, parts: Int) async throws -> Int {
        let viewer = try await TestViewer.open(port: try await relay.port())
        var seen = 0
        var last = 0
        do {
            try await viewer.ask("/camera\(camera)/stream")
            try await viewer.openStream()
            for _ in 0..<parts {
                let part = try await viewer.anyPart()
                guard part.kind != "placeholder" else { continue }
                let number = try #require(part.number, "a torn frame")
                #expect(number / numbersPerCamera == camera, "a foreign frame")
                #expect(part.kind == "repeat" || number > last || number % numbersPerCamera < 100, "a frame came twice")
                last = number
                seen += 1
            }
        } catch let error as StreamPart.NotTheWireFormat {
            Issue.record("\(error)")
        } catch is TestConnection.ClosedEarly {
            // The relay ended the stream between two reads of ours.
        }
        await viewer.close()
        return seen
    }

    /// Streams, and now and then breaks off within a picture, says nonsense, or falls silent.
    private static func flapping(_ index: Int) -> TestCamera.Script {
        { connection in
            let form = CameraForm()
            try await connection.answer(form)
            let numbers = index * numbersPerCamera + 1
            for number in numbers...(numbers + .random(in: 20...200)) {
                try await connection.send(picture: TestPicture.jpeg(number, size: 20_000), form)
                try await Task.sleep(for: .milliseconds(20))
            }
            switch Int.random(in: 0..<3) {
            case 0: try await connection.send(Array(form.part(TestPicture.jpeg(numbers, size: 20_000)).prefix(10_000)))
            case 1: try await connection.send("\r\n\r\nnonsense\r\n")
            default: break
            }
            await connection.close()
        }
    }

    /// Cameras under their names, and in turn something that changes: a port, a wait, a source, a mistake.
    private static func configuration(_ cameras: [TestCamera], round: Int) -> String {
        var text = "listen: 127.0.0.1:0\ndefaults: {reconnect_max: 1s, stall_timeout: 5s, heartbeat: \(1 + round % 3)s}\nsources:\n"
        for (index, camera) in cameras.enumerated() { text += "  camera\(index): \(camera.url)\n" }
        if round % 4 == 1 { text += "  clip: http://127.0.0.1:9/\n" }
        if round % 5 == 2 { text += "  wrong: {ulr: x}\n" }
        return text
    }
}
