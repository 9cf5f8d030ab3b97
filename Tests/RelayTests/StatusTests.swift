import Foundation
import MJPEG
import NIOCore
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct StatusTests {
    /// One request on a connection of its own.
    private static func get(
        _ port: Int, _ path: String, _ fields: String = "", host: String = "127.0.0.1"
    ) throws -> (head: String, body: String, bytes: [UInt8]) {
        let client = try RawClient(port: port)
        try client.send("GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\(fields)\r\n")
        let (head, body) = try client.readAnswer()
        return (head, String(decoding: body, as: UTF8.self), body)
    }

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
                status = try Self.object(try Self.get(port, "/clip/status?format=json").body)
                viewers = try #require(status["viewer_list"] as? [[String: Any]])
            } while viewers.first?["frames_sent"] as? Int == 0 && ContinuousClock.now < end
            #expect(viewers.count == 1)
            #expect((viewers.first?["address"] as? String)?.hasPrefix("127.0.0.1:") == true)
            #expect((viewers.first?["frames_sent"] as? Int ?? 0) > 0)
            #expect((status["camera"] as? [String: Any])?["url"] as? String == "file:\(RunningRelay.clip)")
            let forwarded = try Self.object(try Self.get(port, "/clip/status?format=json", "X-Forwarded-For: 192.0.2.1\r\n").body)
            #expect(forwarded["viewer_list"] is NSNull)
            #expect((forwarded["camera"] as? [String: Any])?["url"] is NSNull)
            #expect(forwarded["viewers"] as? Int == 1)
            let page = try Self.get(port, "/clip/status", "X-Forwarded-For: 192.0.2.1\r\n").body
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
                    page = try Self.get(port, "/lost/healthz").body
                }
                #expect(page.contains("/nowhere/secret.mjpeg"))
                for path in [
                    "/", "/lost/", "/status", "/lost/status", "/status?format=json", "/lost/healthz", "/lost/snapshot?on_loss=silent",
                    "/metrics",
                ] {
                    let answer = try Self.get(port, path, "X-Forwarded-For: 192.0.2.1\r\n")
                    #expect(!answer.body.contains("nowhere"), "\(path)")
                }
            }
        }
    }

    @Test func statusHasTheDocumentedMembers() async throws {
        try await RunningRelay.withClip { port in
            let status = try Self.object(try Self.get(port, "/status", "Accept: application/json\r\n").body)
            #expect(
                Set(status.keys) == [
                    "version", "time", "uptime_seconds", "memory_bytes", "private_memory_bytes", "descriptors", "reload", "sources",
                ])
            let source = try #require((status["sources"] as? [[String: Any]])?.first)
            #expect(
                Set(source.keys) == [
                    "name", "on_demand", "state", "since_seconds", "reason", "reason_code", "retry_in_seconds", "connects", "reconnects",
                    "camera", "rates", "frames_in", "bytes_in", "viewers", "viewers_refused", "frames_out", "bytes_out",
                    "frames_skipped", "last_frame", "viewer_list",
                ])
            #expect(abs((status["time"] as? Double ?? 0) - Date().timeIntervalSince1970) < 5)
            #expect((status["descriptors"] as? [String: Any])?["open"] as? Int ?? 0 > 3)
        }
    }

    @Test func pagesAllowNothingInlineAndLoadOnlyWhatIsThere() async throws {
        try await RunningRelay.withClip { port in
            for path in ["/", "/clip/", "/clip/embed", "/clip/embed/", "/status", "/status/", "/clip/status"] {
                let page = try Self.get(port, path)
                #expect(page.head.contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"))
                #expect(!page.body.contains("<style") && !page.body.contains(" style=") && !page.body.contains("onclick"))
                let base = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
                for match in page.body.matches(of: /(?:href|src)="([^"#?]*)"/) where !match.1.isEmpty && !match.1.hasSuffix("stream") {
                    let target = try #require(URL(string: String(match.1), relativeTo: base)?.absoluteURL)
                    #expect(!match.1.hasPrefix("/"), "\(match.1) in \(path) is not relative")
                    let answer = try Self.get(port, target.path + (target.absoluteString.hasSuffix("/") && target.path != "/" ? "/" : ""))
                    #expect(answer.head.hasPrefix("HTTP/1.1 200 "), "\(match.1) in \(path): \(answer.head.prefix(20))")
                }
            }
        }
    }

    @Test func filesOfThePagesAreAskedForAgainByTheirTag() async throws {
        try await RunningRelay.withClip { port in
            let first = try Self.get(port, "/-/dashboard.js")
            let tag = try #require(first.head.firstMatch(of: /ETag: (\S+)/)?.1)
            #expect(first.head.contains("Content-Type: text/javascript"))
            #expect(try Self.get(port, "/-/dashboard.js", "If-None-Match: \(tag)\r\n").head.hasPrefix("HTTP/1.1 304 "))
            #expect(try Self.get(port, "/-/none.js").head.hasPrefix("HTTP/1.1 404 "))
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
                    let status = try Self.get(ports[0], path).head.split(separator: " ")[1]
                    // Before the first frame the snapshot is 503, and so is the health.
                    #expect((status != "404") == here.contains(path), "\(path): \(status)")
                    #expect(try Self.get(ports[1], path, host: "evil.example").head.hasPrefix("HTTP/1.1 421 "), "\(path)")
                    let operators = try Self.get(ports[1], path).head.split(separator: " ")[1]
                    #expect(operators != "404", "\(path)")
                }
                let status = try Self.object(
                    try Self.get(ports[1], "/clip/status?format=json", "X-Forwarded-For: 192.0.2.1\r\n").body)
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
                    let body = try Self.get(port, path).body
                    #expect(!body.contains("secluded"), "\(path)")
                }
                #expect(try Self.get(port, "/secluded/status").head.hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func snapshotIsKnownByItsTagAndWaitsForAFreshOne() async throws {
        try await RunningRelay.withClip(fps: 4) { port in
            _ = try Self.get(port, "/clip/snapshot?wait=10s")
            let first = try Self.get(port, "/clip/snapshot")
            #expect(first.head.hasPrefix("HTTP/1.1 200 "))
            let tag = try #require(first.head.firstMatch(of: /ETag: (\S+)/)?.1)
            #expect(first.head.contains("Last-Modified: ") && first.head.contains("X-Timestamp: ") && first.head.contains("Age: 0"))
            let asked = Date().timeIntervalSince1970
            let fresh = try Self.get(port, "/clip/snapshot?wait=5s")
            let time = try #require(fresh.head.firstMatch(of: /X-Timestamp: (\S+)/).flatMap { Double($0.1) })
            #expect(time >= asked)
            #expect(!fresh.head.contains("ETag: \(tag)"))
            let known = try #require(fresh.head.firstMatch(of: /ETag: (\S+)/)?.1)
            let again = try Self.get(port, "/clip/snapshot?wake=0", "If-None-Match: \"x\", \(known)\r\n")
            #expect(again.head.hasPrefix("HTTP/1.1 304 ") || !again.head.contains("ETag: \(known)"))
            for query in ["wait=61s", "wait=x", "max_age=", "wake=2", "on_loss=x"] {
                let refusal = try Self.get(port, "/clip/snapshot?\(query)").head
                #expect(refusal.hasPrefix("HTTP/1.1 400 "), "\(query)")
            }
        }
    }

    @Test func snapshotOlderThanAskedForIsNone() async throws {
        try await RunningRelay.withClip(fps: 1) { port in
            _ = try Self.get(port, "/clip/snapshot?wait=10s")
            usleep(300_000)
            #expect(try Self.get(port, "/clip/snapshot?max_age=100ms").head.hasPrefix("HTTP/1.1 503 "))
            #expect(try Self.get(port, "/clip/snapshot?max_age=10s").head.hasPrefix("HTTP/1.1 200 "))
            #expect(try Self.get(port, "/clip/snapshot?wait=1ms").head.hasPrefix("HTTP/1.1 503 "))
            #expect(try Self.get(port, "/clip/?action=snapshot").head.hasPrefix("HTTP/1.1 200 "))
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
                let text = try Self.get(port, "/metrics").body
                count = text.firstMatch(of: /frame_delay_seconds_count\{source="clip"\} (\d+)/).flatMap { Int($0.1) } ?? 0
            }
            #expect(count >= 5)
        }
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_772_323_199, "Sat, 28 Feb 2026 23:59:59 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ])
    func datesAreWrittenAsHTTPWritesThem(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(Timestamp(microseconds: seconds * 1_000_000 + 999_999)) == text)
    }

    @Test func ratesAreOfTheLastTenSeconds() {
        var meter = RateMeter()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        func sample(_ second: Int64) -> RateMeter.Sample {
            // 10 frames of 1000 bytes a second for 20 seconds, then none.
            let frames = UInt64(min(second, 20) * 10)
            return RateMeter.Sample(time: start + .seconds(second), framesIn: frames, bytesIn: frames * 1000, framesOut: 2 * frames)
        }
        #expect(meter.rates(to: sample(0)) == RateMeter.Rates())
        for second in 0...20 { meter.add(sample(Int64(second))) }
        let rates = meter.rates(to: sample(20))
        #expect(rates == RateMeter.Rates(framesIn: 10, bitsIn: 80000, framesOut: 20, bitsOut: 0))
        for second in 21...25 { meter.add(sample(Int64(second))) }
        #expect(meter.rates(to: sample(25)).framesIn == 5)
        for second in 26...40 { meter.add(sample(Int64(second))) }
        #expect(meter.rates(to: sample(40)).framesIn == 0)
    }
}
