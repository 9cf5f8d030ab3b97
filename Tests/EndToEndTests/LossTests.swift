import Foundation
import TestSupport
import Testing

/// What viewers see while no new picture comes: repeats, then what `on_loss` says; and cameras that are read on demand.
@Suite struct LossTests {
    /// Short times, so that a loss shows soon.
    private static let times = "heartbeat: 500ms, stall_timeout: 1s, reconnect_min: 100ms, reconnect_max: 100ms"

    private static func relay(_ bench: Bench, for camera: TestCamera, _ settings: String = times) throws -> RelayProcess {
        try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", \(settings)}}\n")
    }

    // MARK: - A silence is filled

    @Test func newestPictureIsRepeatedInASilence() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.onePicture())
            let relay = try Self.relay(bench, for: camera, "heartbeat: 500ms, stall_timeout: 10m")
            let viewer = try await bench.watch("/front/stream", of: relay)
            let live = try await viewer.part()
            let clock = ContinuousClock()
            for _ in 0..<4 {
                let start = clock.now
                let part = try await viewer.anyPart()
                #expect(part.kind == "repeat")
                #expect(part.jpeg == live.jpeg)
                #expect(part.timestamp == live.timestamp, "a repeat does not pass for new")
                // Generous, for a busy machine.
                #expect(clock.now - start < .seconds(2))
            }
            let status = try await bench.status(of: relay, path: "/front/status") { _ in true }
            #expect(status.framesIn == 1)
        }
    }

    @Test func placeholderIsShownBeforeTheFirstPictureToo() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.relay(bench, for: camera, "heartbeat: 5s")
            let clock = ContinuousClock()
            let start = clock.now
            let viewer = try await bench.watch("/front/stream", of: relay)
            let part = try await viewer.anyPart()
            #expect(part.kind == "placeholder")
            #expect(clock.now - start > .seconds(1), "a camera that is quick is waited for")
            #expect(part.jpeg.starts(with: [0xFF, 0xD8]) && part.jpeg.suffix(2) == [0xFF, 0xD9])
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.anyPart().number == 1, "the picture takes over at once")
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let onLoss: String
        /// Whether the viewer asks for it, else the file says it.
        let asks: Bool
        var testDescription: String { "\(onLoss), \(asks ? "asked for" : "in the file")" }
    }

    private static let cases = ["placeholder", "last", "silent", "close"].flatMap {
        [Case(onLoss: $0, asks: true), Case(onLoss: $0, asks: false)]
    }

    @Test(arguments: cases) func viewerOfALostCameraSeesWhatOnLossSays(_ loss: Case) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            // Where the viewer asks, the file says something else.
            let inFile = loss.asks ? (loss.onLoss == "silent" ? "close" : "silent") : loss.onLoss
            let relay = try Self.relay(bench, for: camera, "on_loss: \(inFile), \(Self.times)")
            let viewer = try await bench.watch("/front/stream\(loss.asks ? "?on_loss=\(loss.onLoss)" : "")", of: relay)
            // Tells by its placeholders how long the loss lasts.
            let clock = try await bench.watch("/front/stream?on_loss=placeholder", of: relay)
            let first = try await camera.connection(1)
            try await first.answer()
            try await first.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            await camera.goAway()
            var placeholders = 0
            while placeholders < 4 { if try await clock.anyPart().kind == "placeholder" { placeholders += 1 } }
            if loss.onLoss == "close" {
                try await eventually("the stream ends") { viewer.connection.isClosed }
                while viewer.connection.waitingBytes > 0 { #expect(try await viewer.anyPart().kind == "repeat") }
                return
            }

            try await camera.comeBack()
            let second = try await camera.connection(2)
            try await second.answer()
            try await second.send(picture: TestPicture.jpeg(2))
            var kinds: [String] = []
            while true {
                let part = try await viewer.anyPart()
                guard let kind = part.kind else {
                    #expect(part.number == 2)
                    break
                }
                if kind == "repeat" { #expect(part.number == 1) }
                kinds.append(kind)
            }
            let repeats = kinds.count { $0 == "repeat" }
            switch loss.onLoss {
            case "placeholder":
                #expect(kinds.count - repeats >= 3, "\(kinds)")
                #expect(kinds.suffix(3).allSatisfy { $0 == "placeholder" }, "\(kinds)")
            case "last":
                #expect(repeats == kinds.count, "\(kinds)")
                #expect(repeats >= 4, "\(kinds)")
            default:
                #expect(repeats == kinds.count, "\(kinds)")
                #expect(repeats <= 2, "only while the picture is fresh: \(kinds)")
            }
        }
    }

    @Test func onLossThatDoesNotExistIs400() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench, for: bench.camera())
            for path in ["/front/stream?on_loss=maybe", "/front/snapshot?on_loss="] {
                let reply = try await bench.get(path, from: relay)
                #expect(reply.status == 400)
                #expect(reply.text.contains("placeholder, last, silent, close"))
            }
        }
    }

    // MARK: - Switched off

    @Test func sourceThatIsSwitchedOffKeepsItsViewersAndLetsItsCameraGo() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            func text(_ enabled: Bool) -> String {
                "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", enabled: \(enabled), heartbeat: 500ms}}\n"
            }
            let file = try ChangingFile(bench, text(false))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let off = try await viewer.anyPart()
            #expect(off.kind == "placeholder")
            #expect(try await viewer.anyPart().kind == "placeholder", "and again after a heartbeat")
            try await bench.status(of: relay, path: "/front/status") { $0.state == "off" && $0.viewers == 1 }
            #expect(try await bench.get("/front/healthz", from: relay).status == 200, "as it should be")
            let snapshot = try await bench.get("/front/snapshot", from: relay)
            #expect(snapshot.status == 503)
            #expect(snapshot.body == off.jpeg)
            #expect(camera.connectionCount == 0)

            try file.write(text(true))
            try await relay.reload()
            #expect(try await viewer.part().number != nil)

            try file.write(text(false))
            try await relay.reload()
            try await eventually("the camera is let go") { camera.connections[0].connection.isClosed }
            try await eventually("the placeholder") { try await viewer.anyPart().jpeg == off.jpeg }
            #expect(!viewer.connection.isClosed)
            #expect(camera.connectionCount == 1)
        }
    }

    // MARK: - On demand

    private static func onDemand(_ bench: Bench, for camera: TestCamera) throws -> RelayProcess {
        try relay(bench, for: camera, "on_demand: true, linger: 300ms, snapshot_linger: 300ms, connect_timeout: 2s")
    }

    @Test(arguments: [false, true]) func cameraOnDemandIsConnectedWhileSomebodyWatches(single: Bool) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try single ? bench.relay("-d", "-T", "1", "-p", "0", camera.url) : Self.onDemand(bench, for: camera)
            let path = single ? "/camera" : "/front"
            for round in 1...2 {
                try await bench.status(of: relay, path: path + "/status") { $0.state == "idle" }
                // None of these is somebody who watches.
                for page in ["/status", path + "/status", path + "/healthz", "/healthz", "/readyz?strict=1", path + "/"] {
                    #expect(try await bench.get(page, from: relay).status == 200, "\(page)")
                }
                #expect(try await bench.get(path + "/stream", from: relay, method: "HEAD").status == 200)
                #expect(try await bench.get(path + "/snapshot", from: relay, method: "HEAD").status != 404)
                #expect(camera.connectionCount == round - 1)

                let viewers = [
                    try await bench.watch(path + "/stream", of: relay), try await bench.watch(path + "/stream", of: relay),
                ]
                for viewer in viewers { _ = try await viewer.part() }
                #expect(camera.connectionCount == round)
                await viewers[0].close()
                _ = try await viewers[1].part()
                await viewers[1].close()
                let upstream = try await camera.connection(round)
                try await eventually("the camera is let go") { upstream.connection.isClosed }
            }
            #expect(!relay.log.text.contains("camera lost"), "nothing was lost")
        }
    }

    @Test func viewerWhoComesBackInTimeFindsTheConnectionOpen() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try bench.relay("-d", "-T", "600", "-p", "0", camera.url)
            for _ in 0..<3 {
                let viewer = try await bench.watch(of: relay)
                _ = try await viewer.part()
                await viewer.close()
                try await bench.status(of: relay) { $0.viewers == 0 }
            }
            #expect(camera.connectionCount == 1)
        }
    }

    @Test func snapshotsOfAnIdleSourceShareOneConnection() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.onDemand(bench, for: camera)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "idle" }
            var asking: [TestViewer] = []
            for _ in 0..<5 {
                let viewer = try await bench.viewer(of: relay)
                try await viewer.ask("/front/snapshot")
                asking.append(viewer)
            }
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            for viewer in asking {
                let reply = try await viewer.reply()
                #expect(reply.status == 200)
                #expect(reply.body == TestPicture.jpeg(1))
            }
            try await eventually("the camera is let go") { upstream.connection.isClosed }
            #expect(camera.connectionCount == 1)
        }
    }

    @Test func snapshotOfAnIdleSourceWhoseCameraIsAwayIs503InTime() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let relay = try Self.onDemand(bench, for: camera)
            let clock = ContinuousClock()
            let start = clock.now
            let reply = try await bench.get("/front/snapshot", from: relay)
            #expect(reply.status == 503)
            #expect(reply["Retry-After"] != nil)
            // connect_timeout and 5 s.
            #expect(clock.now - start > .seconds(5))
            try await bench.status(of: relay, path: "/front/status") { $0.state == "idle" }
        }
    }

    // MARK: - Snapshots

    @Test func snapshotOfALostCameraShowsThePlaceholder() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try Self.relay(bench, for: camera)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let placeholder = try await viewer.anyPart()
            #expect(placeholder.kind == "placeholder")
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            _ = try await viewer.part()
            await camera.goAway()
            let lost = try await eventually("a snapshot that says no") {
                let reply = try await bench.get("/front/snapshot", from: relay)
                guard reply.status == 200 else { return reply }
                // Until then it is the last picture, with its age.
                #expect(reply.body == TestPicture.jpeg(1))
                #expect(reply["Age"].flatMap { Int($0) } != nil)
                return nil
            }
            #expect(lost.status == 503)
            #expect(lost["Content-Type"] == "image/jpeg")
            #expect(lost["Retry-After"].flatMap { Int($0) } ?? 0 > 0)
            #expect(lost.body == placeholder.jpeg)
            let silent = try await bench.get("/front/snapshot?on_loss=silent", from: relay)
            #expect(silent.status == 503)
            #expect(silent["Content-Type"]?.hasPrefix("text/plain") == true)
            #expect(silent.text.contains("refused"), "it says why: \(silent.text)")
        }
    }

    @Test func placeholderOfTheFileIsShown() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let folder = try bench.folder()
            let picture = TestPicture.jpeg(77, size: 3000)
            try Self.write(picture, to: folder + "/away.jpg")
            let text = "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", placeholder: away.jpg}}\n"
            try Self.write(Array(text.utf8), to: folder + "/relay.yaml")
            let relay = try bench.relay("-d", "-c", folder + "/relay.yaml")
            let part = try await bench.watch("/front/stream", of: relay).anyPart()
            #expect(part.kind == "placeholder")
            #expect(part.number == 77)
            #expect(try await bench.get("/front/snapshot", from: relay).body == picture)
        }
    }

    // MARK: - A relay behind a relay

    @Test func relaysInARowReportTheTrueState() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let first = try Self.relay(bench, for: camera)
            func behind(_ relay: RelayProcess) async throws -> RelayProcess {
                try bench.relay(
                    configuration: """
                        listen: 127.0.0.1:0
                        sources: {front: {url: "http://127.0.0.1:\(try await relay.port())/front/stream", \(Self.times)}}
                        """)
            }
            let last = try await behind(try await behind(first))
            let viewer = try await bench.watch("/front/stream", of: last)
            let upstream = try await camera.connection(1)
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            try await bench.status(of: last, path: "/front/status") { $0.state == "streaming" && $0.framesIn == 1 }
            await camera.goAway()
            // The first goes on sending pictures, by which the others must not be fooled.
            let lost = try await bench.status(of: last, path: "/front/status") {
                $0.state != "streaming" && $0.lastFrame.map { $0.ageSeconds > 2 } ?? false
            }
            #expect(lost.framesIn == 1)
            try await eventually("not well") { try await bench.get("/front/healthz", from: last).status == 503 }
            #expect(try await bench.get("/front/snapshot", from: last).status == 503)
            try await eventually("the placeholder") { try await viewer.anyPart().kind == "placeholder" }
            try await camera.comeBack()
            let again = try await camera.connection(2)
            try await again.answer()
            // Some, since a relay may dial the one before just now.
            for number in 2...4 {
                try await again.send(picture: TestPicture.jpeg(number))
                try await bench.status(of: first, path: "/front/status") { $0.framesIn == number }
            }
            #expect(try await viewer.part().number != nil)
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }
}
