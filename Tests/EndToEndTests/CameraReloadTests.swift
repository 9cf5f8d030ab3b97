import Foundation
import TestSupport
import Testing

/// What a reload does to the connection to a camera, and to what was seen of it.
@Suite struct CameraReloadTests {
    private static func text(_ sources: String..., defaults: String = "") -> String {
        "listen: 127.0.0.1:0\nsources:\n" + sources.map { "  \($0)\n" }.joined() + (defaults.isEmpty ? "" : "defaults: {\(defaults)}\n")
    }

    /// The picture of a source that is switched off, or whose name is now another camera's, is not to be seen any more.
    @Test(arguments: ["off", "another"])
    func aPictureThatIsNoLongerTheSourcesIsGone(_ change: String) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let other = try await bench.camera()
            let front = "front: {url: \"\(camera.url)\", on_loss: last, heartbeat: 500ms, stall_timeout: 60s"
            let file = try ChangingFile(bench, Self.text(front + "}"))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            #expect(try await bench.get("/front/snapshot?wake=0", from: relay).status == 200)
            // The old camera goes on sending as long as it can.
            let sending = Task { for number in 2... { try await upstream.send(picture: TestPicture.jpeg(number)) } }
            defer { sending.cancel() }
            try file.write(
                change == "off"
                    ? Self.text(front + ", enabled: false}")
                    : Self.text("front: {url: \"\(other.url)\", on_loss: last, connect_timeout: 60s}"))
            try await relay.reload()
            for target in ["/front/snapshot?wake=0", "/front/snapshot", "/front/?action=snapshot"] {
                #expect(try await bench.get(target, from: relay).status == 503, "\(target)")
            }
            let late = try await bench.watch("/front/stream?on_loss=last", of: relay)
            #expect(try await late.anyPart().number == nil)
            let status = try await bench.status(of: relay, path: "/front/status") { _ in true }
            #expect(status.lastFrame == nil)
            guard change == "another" else { return }
            let second = try await other.connection()
            try await second.answer()
            try await second.send(picture: TestPicture.jpeg(1_000_000))
            // Until then the viewer may have been sent what the old camera had sent before.
            var numbers: [Int?] = []
            while numbers.last != 1_000_000, numbers.count < 100 { numbers.append(try await viewer.part().number) }
            #expect(numbers.last == 1_000_000, "\(numbers)")
        }
    }

    /// Another password is another login to the same camera: its picture stays.
    @Test func thePictureStaysWithItsCamera() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.onePicture())
            func text(_ password: String) -> String { Self.text("front: \"http://u:\(password)@127.0.0.1:\(camera.port)/video\"") }
            let file = try ChangingFile(bench, text("one"))
            let relay = try bench.relay(reading: file)
            try await bench.status(of: relay, path: "/front/status") { $0.lastFrame != nil }
            try file.write(text("two"))
            try await relay.reload()
            #expect(try await bench.get("/front/snapshot?wake=0", from: relay).status == 200)
        }
    }

    @Test func settingsThatMeanNothingToACameraOrChangeInPlaceDialNothing() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let front = "front: \"\(camera.url)\""
            let file = try ChangingFile(bench, Self.text(front))
            let relay = try bench.relay(reading: file)
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            try await bench.status(of: relay, path: "/front/status") { $0.framesIn == 1 }
            for defaults in [
                "fps: 3", "tls_verify: false", "stall_timeout: 60s", "connect_timeout: 2s", "redirects: any", "failback: 5s",
                "on_demand: false, linger: 3s",
            ] {
                try file.write(Self.text(front, defaults: defaults))
                try await relay.reload()
                #expect(relay.log.text.contains("changed=1"))
            }
            try await upstream.send(picture: TestPicture.jpeg(2))
            let status = try await bench.status(of: relay, path: "/front/status") { $0.framesIn == 2 }
            #expect(status.connects == 1)
            #expect(camera.connectionCount == 1)
            // A shorter stall timeout holds at once, on the connection that there is.
            try file.write(Self.text(front, defaults: "stall_timeout: 300ms, reconnect_min: 100ms, reconnect_max: 100ms"))
            try await relay.reload()
            _ = try await camera.connection(2)
        }
    }

    /// A camera that is not read because a setting forbids it is dialled at once when the setting changes.
    @Test func aSettingThatHelpsIsTriedAtOnce() async throws {
        try await withBench { bench in
            let other = try await bench.camera(CameraScript.still())
            let camera = try await bench.camera { connection in
                try await connection.send(
                    "HTTP/1.1 302 Found\r\nLocation: http://localhost:\(other.port)/video\r\nContent-Length: 0\r\n\r\n")
                await connection.close()
            }
            let file = try ChangingFile(bench, Self.text("front: \"\(camera.url)\""))
            let relay = try bench.relay(reading: file)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "refused" && ($0.retryInSeconds ?? 0) > 5 }
            let start = ContinuousClock.now
            try file.write(Self.text("front: {url: \"\(camera.url)\", redirects: any}"))
            try await relay.reload()
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            #expect(.now - start < .seconds(5))
        }
    }

    @Test func aShorterLingerHoldsAtOnce() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            func text(_ settings: String) -> String { Self.text("front: {url: \"\(camera.url)\", \(settings)}") }
            let file = try ChangingFile(bench, text("on_demand: true, linger: 10m"))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            #expect(try await viewer.part().number == 1)
            await viewer.close()
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 0 && $0.state == "streaming" }
            try file.write(text("on_demand: true, linger: 100ms"))
            try await relay.reload()
            try await bench.status(of: relay, path: "/front/status") { $0.state == "idle" }
            // On demand or not changes in place as well, both ways.
            try file.write(text("on_demand: false"))
            try await relay.reload()
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            try file.write(text("on_demand: true, linger: 100ms"))
            try await relay.reload()
            try await bench.status(of: relay, path: "/front/status") { $0.state == "idle" }
        }
    }
}
