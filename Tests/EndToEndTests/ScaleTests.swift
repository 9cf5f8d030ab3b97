import Foundation
import TestSupport
import Testing

/// Two edges of one origin behind Debian's HAProxy, with the file of Examples/scale.
@Suite struct ScaleTests {
    private struct Site {
        let edges: [RelayProcess]
        let edgePorts: [Int]
        let port: Int
    }

    /// Starts edges of the origin at `originPort`, and HAProxy before them; returns when both edges are in use.
    private static func site(_ bench: Bench, originPort: Int) async throws -> Site {
        var edges: [RelayProcess] = []
        var ports: [Int] = []
        for _ in 0..<2 {
            let edge = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    trusted_proxies: 127.0.0.1
                    relays: {origin: "http://127.0.0.1:\(originPort)"}
                    defaults: {heartbeat: 500ms, reconnect_min: 100ms, reconnect_max: 300ms}
                    """)
            edges.append(edge)
            ports.append(try await edge.port())
            _ = try await edge.log.line(with: "the sources of other relays have changed")
        }
        let port = try await FreePort.find()
        let example = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/scale/haproxy.cfg").standardized
        let text = try String(contentsOf: example, encoding: .utf8)
            .replacingOccurrences(of: "bind :80", with: "bind 127.0.0.1:\(port)")
            .replacingOccurrences(of: "192.0.2.11:54321", with: "127.0.0.1:\(ports[0])")
            .replacingOccurrences(of: "192.0.2.12:54321", with: "127.0.0.1:\(ports[1])")
        _ = try bench.program("/usr/sbin/haproxy", ["-db", "-f", bench.file(named: "haproxy.cfg", text: text)])
        try await eventually("HAProxy serves") {
            let asked = try bench.program("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/readyz"])
            return try await asked.exitStatus() == 0 && asked.output.text == "200"
        }
        return Site(edges: edges, edgePorts: ports, port: port)
    }

    private static func watch(_ bench: Bench, port: Int) async throws -> TestViewer {
        let viewer = try await TestViewer.open(port: port)
        bench.atEnd { await viewer.close() }
        try await viewer.ask("/front/stream")
        try await viewer.openStream()
        return viewer
    }

    private static func viewers(_ bench: Bench, _ edge: RelayProcess) async throws -> Int {
        try await bench.get("/front/status?format=json", from: edge).json(SourceReply.self).viewers
    }

    /// An edge is killed: the other's viewers lose nothing, and its own have pictures again as soon as they reconnect.
    @Test func anEdgeIsKilled() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            let origin = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {front: \"\(camera.url)\"}\n")
            let site = try await Self.site(bench, originPort: try await origin.port())
            var viewers: [TestViewer] = []
            for _ in 0..<4 {
                let viewer = try await Self.watch(bench, port: site.port)
                _ = try await viewer.part()
                viewers.append(viewer)
            }
            // Two on each, and one connection of each edge to the origin.
            for edge in site.edges { #expect(try await Self.viewers(bench, edge) == 2) }
            try await bench.status(of: origin, path: "/front/status") { $0.viewers == 2 }
            // Addresses come through.
            #expect(try await bench.get("/front/status?format=json", from: site.edges[1]).text.contains("127.0.0.1"))
            site.edges[0].send(SIGKILL)
            _ = try await site.edges[0].exitStatus()
            let start = ContinuousClock.now
            var (lost, kept) = (0, 0)
            for viewer in viewers {
                do {
                    for _ in 0..<20 { _ = try await viewer.part() }
                    kept += 1
                } catch {
                    lost += 1
                }
            }
            #expect(lost == 2 && kept == 2)
            for _ in 0..<lost {
                let viewer = try await Self.watch(bench, port: site.port)
                _ = try await viewer.part()
            }
            #expect(start.duration(to: .now) < .seconds(3))
        }
    }

    /// An edge is told to end: the viewers that it has end well, and whoever comes is sent to the other.
    @Test func anEdgeIsDrained() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            let origin = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {front: \"\(camera.url)\"}\n")
            let site = try await Self.site(bench, originPort: try await origin.port())
            site.edges[0].send(SIGTERM)
            let start = ContinuousClock.now
            while start.duration(to: .now) < .seconds(3) {
                let viewer = try await Self.watch(bench, port: site.port)
                _ = try await viewer.part()
                await viewer.close()
            }
            #expect(try await site.edges[0].exitStatus() == 0)
        }
    }

    /// The origin is killed and started anew: viewers stay, with pictures within two seconds.
    @Test func theOriginIsStartedAnew() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 3000))
            func origin(_ port: Int) throws -> RelayProcess {
                try bench.relay(configuration: "listen: 127.0.0.1:\(port)\nsources: {front: \"\(camera.url)\"}\n")
            }
            let first = try origin(0)
            let port = try await first.port()
            let site = try await Self.site(bench, originPort: port)
            let viewer = try await Self.watch(bench, port: site.port)
            _ = try await viewer.part()
            first.send(SIGKILL)
            _ = try await first.exitStatus()
            // Until the edge shows that there is no picture: a repeat or a placeholder.
            try await eventually("a silence") { try await viewer.anyPart().kind != nil }
            let second = try origin(port)
            _ = try await second.port()
            let start = ContinuousClock.now
            _ = try await viewer.part()
            #expect(start.duration(to: .now) < .seconds(2))
        }
    }
}
