import Foundation
import TestSupport
import Testing

/// A stream that ends on purpose leaves a picture behind that is right for who watches, and ends so that another can follow it.
@Suite struct StreamEndTests {
    private static func relay(_ bench: Bench, _ camera: TestCamera, onLoss: String, port: Int = 0) throws -> RelayProcess {
        try bench.relay(
            configuration: """
                listen: 127.0.0.1:\(port)
                sources: {front: {url: "\(camera.url)", on_loss: \(onLoss), stall_timeout: 2s, heartbeat: 1s}}
                """)
    }

    /// Reads to the end of the stream and returns its last part.
    private static func lastPart(_ viewer: TestViewer) async throws -> StreamPart {
        while true {
            let part = try await viewer.anyPart()
            if part.isLast {
                #expect(try await viewer.connection.rest().isEmpty)
                return part
            }
        }
    }

    @Test func whoSeesPlaceholdersIsLeftWithAPictureThatSaysThatTheStreamHasEnded() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try Self.relay(bench, camera, onLoss: "placeholder")
            let viewer = try await bench.watch("/front/stream", of: relay)
            _ = try await viewer.part()
            let recorder = try await bench.watch("/front/stream?on_loss=close", of: relay)
            let number = try await recorder.part().number
            relay.send(SIGTERM)
            let ended = try await Self.lastPart(viewer)
            #expect(ended.kind == "placeholder")
            #expect(ended.number == nil, "it is no picture of the camera")
            let last = try await Self.lastPart(recorder)
            #expect(last.kind == "repeat")
            #expect(try #require(last.number) >= number ?? 0, "a recorder must not record a placeholder")
            #expect(try await relay.exitStatus() == 0)
        }
    }

    @Test func inAheadFormTheLastPictureStandsAlone() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try Self.relay(bench, camera, onLoss: "placeholder")
            let viewer = try await bench.watch("/front/stream?advance_headers=1", of: relay)
            _ = try await viewer.aheadOpening()
            _ = try await viewer.aheadPart()
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            let rest = try await viewer.connection.rest()
            #expect(rest.suffix(2) == [0xFF, 0xD9], "a delimiter behind it would be an empty part for browsers")
        }
    }

    @Test func aStreamThatIsClosedByALossEndsWithItsLastPicture() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.onePicture(7))
            let relay = try Self.relay(bench, camera, onLoss: "close")
            let viewer = try await bench.watch("/front/stream", of: relay)
            #expect(try await viewer.part().number == 7)
            await camera.goAway()
            let last = try await Self.lastPart(viewer)
            #expect(last.number == 7 && last.kind == "repeat")
        }
    }

    /// As Frigate and other recorders run ffmpeg.
    @Test func ffmpegReadsOnOverARestart() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let port = try await FreePort.find()
            let relay = try Self.relay(bench, camera, onLoss: "close", port: port)
            _ = try await relay.port()
            let folder = try bench.folder()
            let ffmpeg = try bench.program(
                "ffmpeg",
                [
                    "-hide_banner", "-nostdin", "-loglevel", "warning", "-reconnect", "1", "-reconnect_at_eof", "1", "-reconnect_streamed",
                    "1", "-reconnect_on_network_error", "1", "-reconnect_delay_max", "2", "-i",
                    "http://127.0.0.1:\(port)/front/stream", "-c", "copy", "\(folder)/%05d.jpg",
                ])
            func count() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0 }
            try await eventually("pictures", within: .seconds(60)) { count() >= 10 }
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            let before = count()
            _ = try Self.relay(bench, camera, onLoss: "close", port: port)
            try await eventually("pictures after the restart (\(before) before); ffmpeg says:\n\(ffmpeg.errors.text)", within: .seconds(60))
            {
                count() >= before + 20
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().dropLast()
            let numbers = try files.map { TestPicture.number(of: Array(try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))) }
            #expect(numbers.allSatisfy { $0 != nil }, "a picture is torn")
        }
    }
}
