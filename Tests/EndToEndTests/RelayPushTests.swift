import Foundation
import TestSupport
import Testing

/// A relay beside the camera that publishes to a relay on a server.
@Suite struct RelayPushTests {
    private static func server(_ bench: Bench, _ settings: String = "stall_timeout: 3s, linger: 1s, heartbeat: 500ms") throws
        -> RelayProcess
    {
        try bench.relay(
            configuration: "listen: 127.0.0.1:0\nsources: {garden: {publish: {password: sesame}, \(settings)}}\n")
    }

    private static func edge(
        _ bench: Bench, camera: TestCamera, to port: Int, password: String = "sesame",
        _ settings: String = "reconnect_min: 100ms, reconnect_max: 200ms"
    ) throws -> RelayProcess {
        try bench.relay(
            configuration: """
                listen: 127.0.0.1:0
                sources:
                  barn: {url: "\(camera.url)", push: "ws://barn:${PASSWORD}@127.0.0.1:\(port)/garden/publish", \(settings)}
                """, environment: ["PASSWORD": password])
    }

    private static func next(_ viewer: TestViewer) async throws -> Int? {
        try await eventually("a live picture", within: .seconds(15)) { () -> Int?? in
            let part = try await viewer.anyPart()
            return part.kind == nil ? .some(part.number) : nil
        }
    }

    /// While nobody watches only signs of life cross the way; who comes has a picture at once; the bytes are the camera's.
    @Test func picturesCrossTheWayWhileSomebodyWatches() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 20_000))
            let server = try Self.server(bench)
            let way = try await Forwarder.start(bench, to: try await server.port())
            let edge = try Self.edge(bench, camera: camera, to: way.port)
            try await bench.status(of: server, path: "/garden/status") { $0.state == "idle" }
            try await bench.status(of: edge, path: "/barn/status") { $0.framesIn > 20 }
            let before = way.bytes
            try await Task.sleep(for: .seconds(2))
            #expect(way.bytes - before < 200, "\(way.bytes - before) bytes in two seconds")
            for _ in 0..<2 {
                let start = ContinuousClock.now
                let viewer = try await bench.watch("/garden/stream", of: server)
                var numbers = [try #require(try await Self.next(viewer))]
                #expect(start.duration(to: .now) < .seconds(2))
                for _ in 0..<9 { numbers.append(try #require(try await Self.next(viewer), "a picture that is not the camera's")) }
                #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
                try await bench.status(of: server, path: "/garden/status") { $0.state == "streaming" }
                await viewer.close()
                try await bench.status(of: server, path: "/garden/status") { $0.state == "idle" }
                try await Task.sleep(for: .milliseconds(300))
                let idle = way.bytes
                try await Task.sleep(for: .seconds(1))
                #expect(way.bytes - idle < 100)
            }
            // A snapshot wakes it too.
            try await Task.sleep(for: .seconds(3))
            let snapshot = try await bench.get("/garden/snapshot", from: server)
            #expect(snapshot.status == 200 && TestPicture.number(of: snapshot.body) != nil)
            #expect(!server.log.text.contains("sesame") && !edge.log.text.contains("sesame"))
            let page = try await bench.get("/status?format=json", from: edge).text + bench.get("/barn/status", from: edge).text
            #expect(!page.contains("sesame") && page.contains("ws://barn:***@127.0.0.1"))
        }
    }

    /// Viewers who want few frames cost the way no more; one who wants all has all.
    @Test func theWayCarriesWhatTheViewersWant() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 25, size: 5000))
            let server = try Self.server(bench)
            let edge = try Self.edge(bench, camera: camera, to: try await server.port())
            func framesIn(_ time: Duration) async throws -> Int {
                let before = try await bench.status(of: server, path: "/garden/status") { $0.state == "streaming" }.framesIn
                try await Task.sleep(for: time)
                return try await bench.status(of: server, path: "/garden/status") { _ in true }.framesIn - before
            }
            for _ in 0..<2 {
                let slow = try await bench.watch("/garden/stream?fps=1", of: server)
                let faster = try await bench.watch("/garden/stream?fps=3", of: server)
                _ = try await (Self.next(slow), Self.next(faster))
                let few = try await framesIn(.seconds(3))
                #expect((6...11).contains(few), "\(few) frames in three seconds")
                let all = try await bench.watch("/garden/stream", of: server)
                _ = try await Self.next(all)
                let many = try await framesIn(.seconds(2))
                #expect(many > 35, "\(many) frames in two seconds")
                await all.close()
                try await eventually("fewer frames") { try await framesIn(.seconds(2)) <= 8 }
                await slow.close()
                await faster.close()
            }
            _ = edge
        }
    }

    @Test func theServerShowsHowTheCameraIs() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let server = try Self.server(bench)
            let edge = try Self.edge(
                bench, camera: camera, to: try await server.port(),
                "stall_timeout: 1s, reconnect_min: 100ms, reconnect_max: 200ms, push_when: always")
            let viewer = try await bench.watch("/garden/stream", of: server)
            let upstream = try await camera.connection(1)
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await Self.next(viewer) == 1)
            let stalled = try await bench.status(of: server, path: "/garden/status") { $0.state == "stalled" || $0.state == "connecting" }
            #expect(stalled.framesIn == 1)
            await camera.goAway()
            let lost = try await bench.status(of: server, path: "/garden/status") { $0.state == "waiting" && $0.reasonCode == "connection" }
            #expect(lost.reason?.contains("connection refused") == true)
            let before = camera.connections.count
            try await camera.comeBack()
            let again = try await eventually("another connection") { camera.connections.dropFirst(before).first }
            try await again.answer()
            try await again.send(picture: TestPicture.jpeg(2))
            #expect(try await Self.next(viewer) == 2)
            try await bench.status(of: server, path: "/garden/status") { $0.state == "streaming" }
            _ = edge
        }
    }

    /// The edge is killed and started anew, the way freezes without a word, the server is started anew: viewers stay, or are back soon.
    @Test func whatBreaksHeals() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            let server = try Self.server(bench)
            let way = try await Forwarder.start(bench, to: try await server.port())
            let first = try Self.edge(bench, camera: camera, to: way.port)
            let viewer = try await bench.watch("/garden/stream", of: server)
            #expect(try await Self.next(viewer) != nil)
            first.send(SIGKILL)
            _ = try await first.exitStatus()
            let start = ContinuousClock.now
            let second = try Self.edge(bench, camera: camera, to: way.port)
            _ = try await second.port()
            #expect(try await Self.next(viewer) != nil)
            // What was under way of the first may have come; the second's pictures flow within two seconds.
            try await eventually("pictures flow again") {
                try await bench.get("/garden/status?format=json", from: server).json(SourceReply.self).state == "streaming"
            }
            #expect(start.duration(to: .now) < .seconds(4))
            // A new connection of the same name takes over from one that is frozen.
            await way.freeze()
            let third = try Self.edge(bench, camera: camera, to: way.port)
            try await bench.status(of: third, path: "/barn/status") { $0.framesIn > 0 }
            for _ in 0..<30 { _ = try await Self.next(viewer) }
            _ = try await server.log.line(with: "publisher takes over")
        }
    }

    @Test func aRefusedLoginIsNotTriedAgainSoon() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            let server = try Self.server(bench)
            let edge = try Self.edge(bench, camera: camera, to: try await server.port(), password: "simsim")
            _ = try await edge.log.line(with: "not published", "the other relay refuses the login (401)", "retry_in=")
            try await Task.sleep(for: .seconds(1))
            #expect(server.log.lines.count { $0.contains("login failed") } == 1)
            let text = try await bench.get("/barn/status?format=json", from: edge).text
            #expect(text.contains(#""state":"refused""#) && text.contains(#""reason_code":"login_refused""#))
            #expect(!text.contains("simsim") && !edge.log.text.contains("simsim") && !server.log.text.contains("simsim"))
        }
    }

    @Test func theCommandLinePublishes() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            let server = try Self.server(bench)
            _ = try bench.relay("-p", "0", "--push", "ws://cam:sesame@127.0.0.1:\(try await server.port())/garden/publish", camera.url)
            let viewer = try await bench.watch("/garden/stream", of: server)
            #expect(try await Self.next(viewer) != nil)
        }
    }

    /// A microcontroller or a page: a JPEG in each binary message, whole or in fragments.
    @Test func aJPEGInEachMessage() async throws {
        try await withBench { bench in
            let server = try Self.server(bench)
            let viewer = try await bench.watch("/garden/stream", of: server)
            let socket = try await WebSocketViewer.open(port: try await server.port(), path: "/garden/publish?token=sesame")
            for number in 1...3 {
                try await socket.send(opcode: 2, TestPicture.jpeg(number, size: 30_000))
                #expect(try await Self.next(viewer) == number)
            }
            try await socket.send(opcode: 9, [1, 2, 3])
            let pong = try await socket.message()
            #expect(pong.opcode == 10 && pong.payload == [1, 2, 3])
            // What is no picture is passed over, but not for ever.
            try await socket.send(opcode: 2, Array("no picture".utf8))
            try await socket.send(opcode: 2, TestPicture.jpeg(4))
            #expect(try await Self.next(viewer) == 4)
            for _ in 0..<16 { try? await socket.send(opcode: 2, [0xFF, 0xD8, 0xFF, 0xD9]) }
            let close = try await socket.message()
            #expect(close.opcode == 8 && close.payload == [0x03, 0xEF], "1007")
            try await bench.status(of: server, path: "/garden/status") { $0.state == "waiting" && $0.framesIn == 4 }
        }
    }

    @Test func aMessageThatIsTooLargeEndsTheConnection() async throws {
        try await withBench { bench in
            let server = try Self.server(bench, "max_frame_size: 16KiB")
            let socket = try await WebSocketViewer.open(port: try await server.port(), path: "/garden/publish?token=sesame")
            try? await socket.send(opcode: 2, TestPicture.jpeg(1, size: 17_000))
            let close = try await socket.message()
            #expect(close.opcode == 8 && close.payload == [0x03, 0xF1], "1009")
        }
    }
}
