import Foundation
import TestSupport
import Testing

/// Who may publish while somebody publishes already, and what becomes of a source whose publisher goes.
@Suite struct PublisherTurnTests {
    private static func open(_ bench: Bench, _ relay: RelayProcess, name: String) async throws -> TestViewer {
        let login = "Authorization: Basic \(Data("\(name):secret".utf8).base64EncodedString())"
        return try await bench.publisher(to: relay, ["Transfer-Encoding: chunked"], login: login)
    }

    /// The next live picture's number; placeholders and repeats in between do not make the wait longer.
    private static func next(_ viewer: TestViewer) async throws -> Int? {
        try await eventually("a live picture", within: .seconds(10)) { () -> Int?? in
            let part = try await viewer.anyPart()
            return part.kind == nil ? .some(part.number) : nil
        }
    }

    private static func send(_ number: Int, to publisher: TestViewer) async throws {
        let picture = TestPicture.jpeg(number)
        try await publisher.connection.send(Array("\(String(picture.count, radix: 16))\r\n".utf8) + picture + Array("\r\n".utf8))
    }

    @Test func theSameNameTakesOverAtOnceAndNotForEver() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("stall_timeout: 5s")
            let viewer = try await bench.watch("/garden/stream", of: relay)
            var publishers = [try await Self.open(bench, relay, name: "barn")]
            try await Self.send(1, to: publishers[0])
            #expect(try await Self.next(viewer) == 1)
            for number in 2...4 {
                let next = try await Self.open(bench, relay, name: "barn")
                try await Self.send(number, to: next)
                #expect(try await Self.next(viewer) == number)
                // The old connection is ended.
                _ = try await publishers[publishers.count - 1].connection.rest(within: .seconds(5))
                publishers.append(next)
            }
            for _ in 0..<2 {
                let refused = try await Self.open(bench, relay, name: "barn")
                let head = try await refused.head()
                #expect(head.status == 409)
                #expect(head["Retry-After"].flatMap { Int($0) }.map { (1...30).contains($0) } == true)
            }
            try await Self.send(5, to: publishers[3])
            #expect(try await Self.next(viewer) == 5, "whom nobody replaces stays")
            let warnings = relay.log.lines.filter { $0.contains("take over from each other") }
            #expect(warnings.count == 1 && warnings[0].contains("address=127.0.0.1") && warnings[0].contains("other=127.0.0.1"))
        }
    }

    @Test func anotherNameWaitsUntilNoFrameHasCome() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("stall_timeout: 2s")
            let viewer = try await bench.watch("/garden/stream", of: relay)
            let first = try await Self.open(bench, relay, name: "barn")
            try await Self.send(1, to: first)
            #expect(try await Self.next(viewer) == 1)
            let refused = try await Self.open(bench, relay, name: "stable")
            let head = try await refused.head()
            #expect(head.status == 409 && head["Retry-After"] == "2")
            await first.close()
            // The name that was there may come back at any time.
            let back = try await Self.open(bench, relay, name: "barn")
            try await Self.send(2, to: back)
            #expect(try await Self.next(viewer) == 2)
            await back.close()
            let other = try await eventually("another name is let in") {
                let other = try await Self.open(bench, relay, name: "stable")
                try? await Self.send(3, to: other)
                try await Task.sleep(for: .milliseconds(200))
                return other.connection.isClosed || other.connection.waitingBytes > 0 ? nil : other
            }
            #expect(try await Self.next(viewer) == 3)
            _ = other
        }
    }

    /// From one state to the next, as with a camera; the viewer stays.
    @Test func aSourceShowsHowItsPublisherIs() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("stall_timeout: 4s, heartbeat: 500ms")
            try await bench.status(of: relay, path: "/garden/status") { $0.state == "waiting" && $0.reasonCode == "no_publisher" }
            let viewer = try await bench.watch("/garden/stream", of: relay)
            #expect(try await viewer.anyPart().kind == "placeholder")
            let publisher = try await Self.open(bench, relay, name: "barn")
            try await bench.status(of: relay, path: "/garden/status") { $0.state == "connecting" }
            try await Self.send(1, to: publisher)
            try await bench.status(of: relay, path: "/garden/status") { $0.state == "streaming" && $0.reason == nil && $0.connects == 1 }
            #expect(try await Self.next(viewer) == 1)
            try await bench.status(of: relay, path: "/garden/status") { $0.state == "stalled" && $0.reasonCode == "stalled" }
            #expect(try await publisher.head().status == 408, "it is told why")
            try await eventually("the placeholder") { try await viewer.anyPart().kind == "placeholder" }
            let again = try await Self.open(bench, relay, name: "barn")
            try await Self.send(2, to: again)
            #expect(try await Self.next(viewer) == 2)
            await again.close()
            let lost = try await bench.status(of: relay, path: "/garden/status") {
                $0.state == "waiting" && $0.reasonCode == "no_publisher"
            }
            #expect(lost.connects == 2)
            _ = try await relay.log.line(with: "publisher lost")
        }
    }

    @Test func aReloadLosesNoFrameAndAnotherPasswordEndsThePublisher() async throws {
        try await withBench { bench in
            func text(_ password: String, _ more: String) -> String {
                "listen: 127.0.0.1:0\nsources:\n  garden: {publish: {password: \(password)}, \(more)}\n"
            }
            let file = try ChangingFile(bench, text("secret", "stall_timeout: 5s"))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/garden/stream", of: relay)
            let publisher = try await Self.open(bench, relay, name: "barn")
            for (round, more) in ["stall_timeout: 6s", "max_viewers: 9, heartbeat: 2s", "max_fps: 100, linger: 3s", "listed: false"]
                .enumerated()
            {
                for number in 1...5 {
                    try await Self.send(10 * round + number, to: publisher)
                    #expect(try await Self.next(viewer) == 10 * round + number)
                }
                try file.write(text("secret", more))
                async let reload: Void = relay.reload()
                for number in 6...9 {
                    try await Self.send(10 * round + number, to: publisher)
                    #expect(try await Self.next(viewer) == 10 * round + number)
                }
                try await reload
            }
            try file.write(text("other", "stall_timeout: 5s"))
            try await relay.reload()
            _ = try await publisher.connection.rest(within: .seconds(5))
            let refused = try await Self.open(bench, relay, name: "barn")
            #expect(try await refused.head().status == 401)
            try await bench.status(of: relay, path: "/garden/status") { $0.state == "waiting" }
        }
    }
}
