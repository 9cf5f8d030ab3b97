import Foundation
import Testing

@testable import Relay

@Suite struct SnapshotTests {
    @Test func snapshotIsKnownByItsTagAndWaitsForAFreshOne() async throws {
        try await RunningRelay.withClip(fps: 4) { port in
            _ = try RawClient.get(port, "/clip/snapshot?wait=10s")
            let first = try RawClient.get(port, "/clip/snapshot")
            #expect(first.head.hasPrefix("HTTP/1.1 200 "))
            let tag = try #require(first.head.firstMatch(of: /ETag: (\S+)/)?.1)
            #expect(first.head.contains("Last-Modified: ") && first.head.contains("X-Timestamp: ") && first.head.contains("Age: 0"))
            let asked = Date().timeIntervalSince1970
            let fresh = try RawClient.get(port, "/clip/snapshot?wait=5s")
            let time = try #require(fresh.head.firstMatch(of: /X-Timestamp: (\S+)/).flatMap { Double($0.1) })
            #expect(time >= asked)
            #expect(!fresh.head.contains("ETag: \(tag)"))
            let known = try #require(fresh.head.firstMatch(of: /ETag: (\S+)/)?.1)
            let again = try RawClient.get(port, "/clip/snapshot?wake=0", "If-None-Match: \"x\", \(known)\r\n")
            #expect(again.head.hasPrefix("HTTP/1.1 304 ") || !again.head.contains("ETag: \(known)"))
            for query in ["wait=61s", "wait=x", "max_age=", "wake=2", "on_loss=x"] {
                let refusal = try RawClient.get(port, "/clip/snapshot?\(query)").head
                #expect(refusal.hasPrefix("HTTP/1.1 400 "), "\(query)")
            }
        }
    }

    @Test func snapshotOlderThanAskedForIsNone() async throws {
        try await RunningRelay.withClip(fps: 1) { port in
            _ = try RawClient.get(port, "/clip/snapshot?wait=10s")
            usleep(300_000)
            #expect(try RawClient.get(port, "/clip/snapshot?max_age=100ms").head.hasPrefix("HTTP/1.1 503 "))
            #expect(try RawClient.get(port, "/clip/snapshot?max_age=10s").head.hasPrefix("HTTP/1.1 200 "))
            #expect(try RawClient.get(port, "/clip/snapshot?wait=1ms").head.hasPrefix("HTTP/1.1 503 "))
            #expect(try RawClient.get(port, "/clip/?action=snapshot").head.hasPrefix("HTTP/1.1 200 "))
        }
    }
}
