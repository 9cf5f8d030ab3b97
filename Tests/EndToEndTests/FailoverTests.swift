import Foundation
import TestSupport
import Testing

/// A camera with several addresses: which one is read, and what is said while none answers.
@Suite struct FailoverTests {
    private struct Reply: Decodable {
        struct Camera: Decodable {
            struct Address: Decodable {
                let url: String
                let state: String
                let reason: String?
            }
            let addresses: [Address]?
        }
        let state: String
        let reason: String?
        let camera: Camera
    }

    private func status(_ bench: Bench, _ relay: RelayProcess) async throws -> Reply {
        try await bench.get("/front/status?format=json", from: relay).json(Reply.self)
    }

    @Test func whileNoAddressAnswersTheSourceIsNotWell() async throws {
        try await withBench { bench in
            let first = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            // Takes the connection and says nothing: as long as that lasts, nobody knows better.
            let second = try await bench.camera { _ in }
            func url(_ camera: TestCamera) -> String { "http://viewer:geheim@127.0.0.1:\(camera.port)/video" }
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources: {front: {url: ["\(url(first))", "\(url(second))"], connect_timeout: 4s, failback: 1s, heartbeat: 500ms}}
                    """)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            #expect(try await status(bench, relay).camera.addresses?.map(\.state) == ["in_use", "untried"])
            for _ in 0..<2 {
                let viewer = try await bench.watch("/front/stream", of: relay)
                _ = try await viewer.part()
                await first.goAway()
                try await eventually("it shows at once, before the other address is given up", within: .seconds(3)) {
                    try await status(bench, relay).state == "connecting"
                }
                let health = try await bench.get("/front/healthz", from: relay)
                #expect(health.status == 503 && health.text.hasPrefix("connecting; before: "), "\(health.text)")
                let between = try await status(bench, relay)
                #expect(between.reason?.isEmpty == false)
                #expect(between.camera.addresses?.first?.state == "failed" && between.camera.addresses?.first?.reason != nil)
                #expect(try await bench.get("/readyz?strict=1", from: relay).status == 503)
                try await first.comeBack()
                #expect(!viewer.connection.isClosed)
                try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
                #expect(try await bench.get("/front/healthz", from: relay).status == 200)
                await viewer.close()
            }
            let page = try await bench.get("/front/status", from: relay, ["Accept: text/html"]).text
            #expect(page.contains("address 1") && page.contains("in use"))
            #expect(!(page + relay.log.text).contains("geheim"))
        }
    }

    @Test func whichAddressIsReadIsToldOncePerChange() async throws {
        try await withBench { bench in
            let first = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let second = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    log: {level: info}
                    sources: {front: {url: ["\(first.url)", "\(second.url)"], failback: 1s}}
                    """)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            let viewer = try await bench.watch("/front/stream", of: relay)
            await first.goAway()
            _ = try await relay.log.line(with: "camera is read at another address", ":\(second.port)/video")
            try await eventually("it says so") { try await status(bench, relay).camera.addresses?.map(\.state) == ["failed", "in_use"] }
            #expect(try await status(bench, relay).state == "streaming")
            // Three more attempts at the first, which all fail in the same way.
            try await Task.sleep(for: .seconds(4))
            let failures = relay.log.lines.filter { $0.contains("an address of the camera fails") && $0.contains(":\(first.port)/") }
            #expect((1...2).contains(failures.count), "the end, and that it refuses: \(failures)")
            #expect(try await status(bench, relay).state == "streaming", "the attempts beside change nothing")
            try await first.comeBack()
            _ = try await relay.log.line(with: "camera is read at another address", ":\(first.port)/video")
            let now = try await status(bench, relay)
            #expect(now.state == "streaming" && now.camera.addresses?.first?.state == "in_use")
            #expect(!viewer.connection.isClosed)
        }
    }
}
