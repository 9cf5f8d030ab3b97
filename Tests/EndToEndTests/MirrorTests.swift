import Foundation
import TestSupport
import Testing

/// A relay that shows the sources of another relay.
@Suite struct MirrorTests {
    private static func origin(_ cameras: [String], _ port: Int = 0, _ more: String = "") -> String {
        "listen: 127.0.0.1:\(port)\n\(more)\nsources:\n" + cameras.map { "  \($0)\n" }.joined()
    }

    private static func edge(_ bench: Bench, of port: Int, _ settings: String = "", _ more: String = "") throws -> RelayProcess {
        try bench.relay(
            configuration: """
                listen: 127.0.0.1:0
                relays: {north: {url: "http://127.0.0.1:\(port)"\(settings)}}
                defaults: {linger: 1s, heartbeat: 500ms, reconnect_min: 100ms, reconnect_max: 300ms}
                \(more)
                """)
    }

    private static func names(_ bench: Bench, _ relay: RelayProcess) async throws -> [String] {
        try await bench.get("/status?format=json", from: relay).json(StatusReply.self).sources.map(\.name)
    }

    @Test func sourcesComeAndGoWithThoseOfTheOtherRelay() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            let front = "front: {url: \"\(camera.url)\", on_demand: true, linger: 1s, on_loss: last}"
            let file = try ChangingFile(bench, Self.origin([front]))
            let origin = try bench.relay(reading: file)
            let edge = try Self.edge(bench, of: try await origin.port())
            try await eventually("the source") { try await Self.names(bench, edge) == ["front"] }
            // Nobody watches: no connection for pictures.
            try await bench.status(of: edge, path: "/front/status") { $0.state == "idle" }
            try await bench.status(of: origin, path: "/front/status") { $0.state == "idle" && $0.viewers == 0 }
            var viewers: [TestViewer] = []
            for _ in 0..<3 { viewers.append(try await bench.watch("/front/stream", of: edge)) }
            for viewer in viewers { _ = try await viewer.part() }
            try await bench.status(of: origin, path: "/front/status") { $0.viewers == 1 }
            try file.write(Self.origin([front, "yard: {url: \"\(camera.url)\"}", "hidden: {url: \"\(camera.url)\", listed: false}"]))
            try await origin.reload()
            let start = ContinuousClock.now
            try await eventually("the new source") { try await Self.names(bench, edge) == ["front", "yard"] }
            #expect(start.duration(to: .now) < .seconds(2))
            // What stays loses nothing.
            for viewer in viewers { _ = try await viewer.part() }
            #expect(!edge.log.text.contains("camera lost"))
            try file.write(Self.origin(["yard: {url: \"\(camera.url)\"}"]))
            try await origin.reload()
            try await eventually("front is gone") { try await Self.names(bench, edge) == ["yard"] }
            #expect(try await bench.get("/front/snapshot", from: edge).status == 404)
            // A reload of the edge keeps what the other relay has.
            try await edge.reload()
            #expect(try await Self.names(bench, edge) == ["yard"])
        }
    }

    /// The origin is killed and started anew: viewers stay, pictures flow within two seconds, also for who comes then.
    @Test func theOriginIsStartedAnew() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            let first = try bench.relay(configuration: Self.origin(["front: \"\(camera.url)\""]))
            let port = try await first.port()
            let edge = try Self.edge(bench, of: port)
            try await eventually("the source") { try await Self.names(bench, edge) == ["front"] }
            let viewer = try await bench.watch("/front/stream", of: edge)
            _ = try await viewer.part()
            first.send(SIGKILL)
            _ = try await first.exitStatus()
            try await eventually("a loss") {
                try await bench.get("/status?format=json", from: edge).text.contains(#""name":"north","state":"waiting","reason":""#)
            }
            #expect(try await Self.names(bench, edge) == ["front"])
            let before = try await bench.status(of: edge, path: "/front/status") { _ in true }.framesIn
            let second = try bench.relay(configuration: Self.origin(["front: \"\(camera.url)\""], port))
            _ = try await second.port()
            let start = ContinuousClock.now
            try await bench.status(of: edge, path: "/front/status") { $0.state == "streaming" && $0.framesIn > before + 3 }
            #expect(start.duration(to: .now) < .seconds(2))
            _ = try await viewer.part()
        }
    }

    @Test func ownNamesWinAndAPrefixStandsBefore() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            let origin = try bench.relay(configuration: Self.origin(["front: \"\(camera.url)\"", "yard: \"\(camera.url)\""]))
            let port = try await origin.port()
            let edge = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    relays: {one: "http://127.0.0.1:\(port)", two: {url: "ws://127.0.0.1:\(port)/", prefix: b.}, three: "http://127.0.0.1:\(port)"}
                    sources: {front: "\(camera.url)"}
                    """)
            try await eventually("the sources") { try await Self.names(bench, edge) == ["front", "yard", "b.front", "b.yard"] }
            _ = try await edge.log.line(with: "sources of another relay have names that are taken here", "names=front", "relay=one")
            _ = try await edge.log.line(with: "sources of another relay have names that are taken here", "front, yard", "relay=three")
            let text = try await bench.get("/status?format=json", from: edge).text
            #expect(text.contains(#""names_taken":["front","yard"]"#))
        }
    }

    @Test func theLoginDecidesWhatAppears() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            let sources = ["front: {url: \"\(camera.url)\", viewers: [other]}", "yard: \"\(camera.url)\""]
            let users = "users: {edge: {password: sesame}, other: {password: barley}}"
            let origin = try bench.relay(configuration: Self.origin(sources, 0, users))
            let port = try await origin.port()
            let edge = try Self.edge(bench, of: port, ", username: edge, password: sesame")
            try await eventually("the source") { try await Self.names(bench, edge) == ["yard"] }
            let viewer = try await bench.watch("/yard/stream", of: edge)
            _ = try await viewer.part()
            let wrong = try Self.edge(bench, of: port, ", username: edge, password: simsim")
            _ = try await wrong.log.line(with: "the other relay refuses the login (401)")
            let none = try Self.edge(bench, of: port)
            _ = try await none.log.line(with: "the other relay asks for a login (401)")
            for relay in [edge, wrong] { #expect(!relay.log.text.contains("sesame") && !relay.log.text.contains("simsim")) }
        }
    }

    /// Two relays that mirror each other show each other's own sources, and none that only comes back.
    @Test func relaysThatMirrorEachOtherMakeNoGhosts() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            func text(_ sources: String, _ port: Int) -> String {
                "listen: 127.0.0.1:0\nrelays: {other: {url: \"http://127.0.0.1:\(port)\"}}\nsources: {\(sources)}\n"
            }
            let file = try ChangingFile(bench, text("front: \"\(camera.url)\", yard: \"\(camera.url)\"", 1))
            let one = try bench.relay(reading: file)
            let two = try bench.relay(configuration: text("barn: \"\(camera.url)\"", try await one.port()))
            try file.write(text("front: \"\(camera.url)\", yard: \"\(camera.url)\"", try await two.port()))
            try await one.reload()
            try await eventually("one has all") { try await Self.names(bench, one) == ["front", "yard", "barn"] }
            try await eventually("two has all") { try await Self.names(bench, two) == ["barn", "front", "yard"] }
            try file.write(text("yard: \"\(camera.url)\"", try await two.port()))
            try await one.reload()
            try await eventually("front is gone from both") {
                let names = [try await Self.names(bench, one), try await Self.names(bench, two)]
                return names == [["yard", "barn"], ["barn", "yard"]]
            }
        }
    }

    @Test func theCommandLineMirrors() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10, size: 1000))
            let origin = try bench.relay(configuration: Self.origin(["front: \"\(camera.url)\""]))
            let edge = try bench.relay("-p", "0", "--relay", "http://127.0.0.1:\(try await origin.port())")
            try await eventually("the source") { try await Self.names(bench, edge) == ["front"] }
            let viewer = try await bench.watch("/front/stream", of: edge)
            _ = try await viewer.part()
        }
    }
}
