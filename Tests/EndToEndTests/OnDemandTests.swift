import TestSupport
import Testing

/// Cameras that are read only while somebody watches or asks for a picture.
@Suite struct OnDemandTests {
    private static func onDemand(_ bench: Bench, for camera: TestCamera) throws -> RelayProcess {
        try bench.relay(for: camera, settings: "on_demand: true, linger: 300ms, snapshot_linger: 300ms, connect_timeout: 2s")
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
}
