import Foundation
import TestSupport
import Testing

/// What viewers see while no new picture comes: repeats, then what `on_loss` says.
@Suite struct OnLossTests {
    @Test func newestPictureIsRepeatedInASilence() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.onePicture())
            let relay = try bench.relay(for: camera, settings: "heartbeat: 500ms, stall_timeout: 10m")
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
            let relay = try bench.relay(for: camera, settings: "heartbeat: 5s")
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
            let relay = try bench.relay(for: camera, settings: "on_loss: \(inFile), \(Bench.shortTimes)")
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
            let relay = try await bench.relay(for: bench.camera(), settings: Bench.shortTimes)
            for path in ["/front/stream?on_loss=maybe", "/front/snapshot?on_loss="] {
                let reply = try await bench.get(path, from: relay)
                #expect(reply.status == 400)
                #expect(reply.text.contains("placeholder, last, silent, close"))
            }
        }
    }

    @Test func snapshotOfALostCameraShowsThePlaceholder() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera, settings: Bench.shortTimes)
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

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }
}
