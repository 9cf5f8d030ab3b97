import Foundation
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct StatusTests {
    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func statusListsViewersForThisMachineAlone() async throws {
        try await RunningRelay.withClip { port in
            let viewer = try RawClient(port: port)
            try viewer.send("GET /clip/stream HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try viewer.readHead()
            #expect(viewer.hasBytes(within: 5000))
            var status: [String: Any] = [:]
            var viewers: [[String: Any]] = []
            // The first bytes may be the head alone.
            let end = ContinuousClock.now + .seconds(20)
            repeat {
                status = try Self.object(try RawClient.get(port, "/clip/status?format=json").body)
                viewers = try #require(status["viewer_list"] as? [[String: Any]])
            } while viewers.first?["frames_sent"] as? Int == 0 && ContinuousClock.now < end
            #expect(viewers.count == 1)
            #expect((viewers.first?["address"] as? String)?.hasPrefix("127.0.0.1:") == true)
            #expect((viewers.first?["frames_sent"] as? Int ?? 0) > 0)
            #expect((status["camera"] as? [String: Any])?["url"] as? String == "file:\(RunningRelay.clip)")
            let forwarded = try Self.object(try RawClient.get(port, "/clip/status?format=json", "X-Forwarded-For: 192.0.2.1\r\n").body)
            #expect(forwarded["viewer_list"] is NSNull)
            #expect((forwarded["camera"] as? [String: Any])?["url"] is NSNull)
            #expect(forwarded["viewers"] as? Int == 1)
            let page = try RawClient.get(port, "/clip/status", "X-Forwarded-For: 192.0.2.1\r\n").body
            #expect(!page.contains("127.0.0.1") && !page.contains(RunningRelay.clip))
        }
    }

    @Test func reasonTellsWhereTheCameraIsToThisMachineAlone() async throws {
        let lost = SourceConfiguration(name: "lost", upstream: .file(path: "/nowhere/secret.mjpeg"))
        try await RunningRelay.with(RelayConfiguration(listen: [RunningRelay.loopback], sources: [lost])) { ports in
            let port = try #require(ports.first)
            try await RawClient.run {
                var page = ""
                for _ in 0..<200 where !page.contains("secret.mjpeg") {
                    usleep(20_000)
                    page = try RawClient.get(port, "/lost/healthz").body
                }
                #expect(page.contains("/nowhere/secret.mjpeg"))
                for path in [
                    "/", "/lost/", "/status", "/lost/status", "/status?format=json", "/lost/healthz", "/lost/snapshot?on_loss=silent",
                    "/metrics",
                ] {
                    let answer = try RawClient.get(port, path, "X-Forwarded-For: 192.0.2.1\r\n")
                    #expect(!answer.body.contains("nowhere"), "\(path)")
                }
            }
        }
    }

    @Test func statusHasTheDocumentedMembers() async throws {
        try await RunningRelay.withClip { port in
            let status = try Self.object(try RawClient.get(port, "/status", "Accept: application/json\r\n").body)
            #expect(
                Set(status.keys) == [
                    "version", "time", "uptime_seconds", "memory_bytes", "private_memory_bytes", "certificates", "descriptors", "reload",
                    "relays", "sources",
                ])
            let source = try #require((status["sources"] as? [[String: Any]])?.first)
            #expect(
                Set(source.keys) == [
                    "name", "on_demand", "state", "since_seconds", "reason", "reason_code", "retry_in_seconds", "connects", "reconnects",
                    "camera", "rates", "frames_in", "bytes_in", "viewers", "viewers_refused", "limited_by", "fps_limit", "frames_out",
                    "bytes_out", "frames_skipped", "last_frame", "publisher", "clock_offset_seconds", "push", "viewer_list",
                ])
            #expect(abs((status["time"] as? Double ?? 0) - Date().timeIntervalSince1970) < 5)
            #expect((status["descriptors"] as? [String: Any])?["open"] as? Int ?? 0 > 3)
        }
    }

    @Test func adminTakesAllButThePicturesToItsOwnAddress() async throws {
        var configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource()])
        configuration.access.admin = [RunningRelay.loopback]
        try await RunningRelay.with(configuration) { ports in
            try #require(ports.count == 2)
            try await RawClient.run {
                let here = ["/clip/snapshot", "/clip/embed", "/clip/healthz", "/healthz", "/-/relay.css"]
                let there = ["/", "/clip/", "/clip/status", "/status", "/metrics", "/readyz", "/clip"]
                for path in here + there {
                    let status = try RawClient.get(ports[0], path).head.split(separator: " ")[1]
                    // Before the first frame the snapshot is 503, and so is the health.
                    #expect((status != "404") == here.contains(path), "\(path): \(status)")
                    #expect(try RawClient.get(ports[1], path, host: "evil.example").head.hasPrefix("HTTP/1.1 421 "), "\(path)")
                    let operators = try RawClient.get(ports[1], path).head.split(separator: " ")[1]
                    #expect(operators != "404", "\(path)")
                }
                let status = try Self.object(
                    try RawClient.get(ports[1], "/clip/status?format=json", "X-Forwarded-For: 192.0.2.1\r\n").body)
                #expect(status["viewer_list"] is [Any])
            }
        }
    }

    @Test func unlistedSourceIsInNoList() async throws {
        var hidden = RunningRelay.clipSource("secluded")
        hidden.isListed = false
        let configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource(), hidden])
        try await RunningRelay.with(configuration) { ports in
            let port = try #require(ports.first)
            try await RawClient.run {
                for path in ["/", "/status", "/status?format=json", "/metrics", "/readyz?strict=1"] {
                    let body = try RawClient.get(port, path).body
                    #expect(!body.contains("secluded"), "\(path)")
                }
                #expect(try RawClient.get(port, "/secluded/status").head.hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func delaysOfFramesAreCounted() async throws {
        try await RunningRelay.withClip(fps: 50) { port in
            let viewer = try RawClient(port: port)
            try viewer.send("GET /clip/stream HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try viewer.readHead()
            var count = 0
            for _ in 0..<100 where count < 5 {
                usleep(50_000)
                let text = try RawClient.get(port, "/metrics").body
                count = text.firstMatch(of: /frame_delay_seconds_count\{source="clip"\} (\d+)/).flatMap { Int($0.1) } ?? 0
            }
            #expect(count >= 5)
        }
    }
}
