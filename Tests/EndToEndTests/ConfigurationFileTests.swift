import Foundation
import TestSupport
import Testing

/// The relay with a configuration file: where it is found, how it is checked, what is served.
@Suite struct ConfigurationFileTests {
    private static let clip =
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/demo.mjpeg").standardized.path

    @Test func fileInTheWorkingDirectoryIsTakenWithoutArguments() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let path = try bench.file(named: "relay.yaml", text: "listen: 127.0.0.1:0\nsources:\n  front: \(camera.url)\n")
            let relay = try bench.relay(folder: URL(filePath: path).deletingLastPathComponent().path)
            #expect(try await bench.get("/front/status", from: relay).status == 200)
        }
    }

    @Test func checkOfAGoodFileIsOk() async throws {
        try await withBench { bench in
            let path = try bench.file(named: "relay.yaml", text: "sources:\n  front: http://192.0.2.1/video\n")
            for (arguments, folder) in [
                (["--check", "-c", path], try bench.folder()), (["--check"], URL(filePath: path).deletingLastPathComponent().path),
            ] {
                let relay = try bench.relay(arguments, folder: folder)
                #expect(try await relay.exitStatus() == 0)
                #expect(relay.output.text == "ok\n")
                #expect(relay.log.text.isEmpty)
            }
        }
    }

    @Test(arguments: [true, false]) func everyMistakeIsReportedWithItsPlaceAtOnce(isCheck: Bool) async throws {
        try await withBench { bench in
            let path = try bench.file(
                named: "relay.yaml",
                text: """
                    listen: "[::]:0"
                    sources:
                      front:
                        url: http://viewer:geheim@192.0.2.1/video
                        prot: 54330
                      status: http://192.0.2.2/video
                      yard: {url: "ftp://viewer:geheim@192.0.2.3/", stall_timeout: soon}
                    unknown: 1
                    """)
            let relay = try bench.relay((isCheck ? ["--check"] : []) + ["-c", path])
            #expect(try await relay.exitStatus() == 1)
            let lines = relay.log.lines
            #expect(relay.output.text.isEmpty)
            #expect(lines.allSatisfy { $0.hasPrefix(path + ":") })
            let places = [
                "5:5: unknown key 'prot'", "6:3: a source cannot be named 'status'", "7:15:", "7:64:", "8:1: unknown key 'unknown'",
            ]
            for place in places {
                #expect(lines.contains { $0.hasPrefix("\(path):\(place)") }, "no line for \(place) in \(lines)")
            }
            #expect(lines.contains { $0.contains("did you mean 'port'?") })
            #expect(lines.count == 5)
            #expect(!relay.log.text.contains("geheim"))
        }
    }

    @Test func fileThatIsMissingOrEmptyIsALine() async throws {
        try await withBench { bench in
            for path in ["/nonexistent/relay.yaml", try bench.file(named: "relay.yaml", text: ""), try bench.folder()] {
                let relay = try bench.relay("-c", path)
                #expect(try await relay.exitStatus() == 1)
                #expect(relay.log.lines.count == 1)
                #expect(relay.log.text.hasPrefix(path))
            }
        }
    }

    @Test func everySourceIsServedUnderItsNameAndListed() async throws {
        try await withBench { bench in
            let front = try await bench.camera()
            let yard = try await bench.camera()
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources:
                      front: ${FRONT}
                      yard: {url: "\(yard.url)"}
                    """, environment: ["FRONT": front.url])
            for (name, camera, number) in [("front", front, 1), ("yard", yard, 2)] {
                let viewer = try await bench.watch("/\(name)/stream", of: relay)
                let upstream = try await camera.connection()
                try await upstream.answer()
                let jpeg = TestPicture.jpeg(number)
                try await upstream.send(picture: jpeg)
                #expect(try await viewer.part().jpeg == jpeg)
                let snapshot = try await bench.get("/\(name)/snapshot", from: relay)
                #expect(snapshot.body == jpeg)
            }
            let index = try await bench.get("/", from: relay)
            #expect(index.status == 200)
            #expect(index["Content-Type"]?.hasPrefix("text/html") == true)
            for link in ["front/", "front/stream", "front/snapshot", "yard/stream", "status"] {
                #expect(index.text.contains("href=\"\(link)\""), "no link to \(link)")
            }
            let status = try await bench.get("/status?format=json", from: relay).json(StatusReply.self)
            #expect(status.sources.map(\.name) == ["front", "yard"])
            #expect(status.sources.map(\.state) == ["streaming", "streaming"])
            let page = try await bench.get("/status", from: relay)
            #expect(page.text.contains("front") && page.text.contains("yard"))
            #expect(try await bench.get("/nobody/stream", from: relay).status == 404)
            for path in ["/stream", "/nobody", "/nobody/"] { #expect(try await bench.get(path, from: relay).status == 404) }
        }
    }

    @Test func sourceWithItsOwnPortIsServedThereAlone() async throws {
        try await withBench { bench in
            let front = try await bench.camera()
            let yard = try await bench.camera()
            let port = try await FreePort.find()
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources:
                      front: \(front.url)
                      yard:
                        url: \(yard.url)
                        port: \(port)
                    """)
            #expect(try await relay.port(1) == port)
            let own = try await bench.watch("/stream", of: relay, listener: 1)
            let main = try await bench.watch("/yard/stream", of: relay)
            let upstream = try await yard.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            for viewer in [own, main] { #expect(try await viewer.part().number == 1) }
            #expect(yard.connectionCount == 1)
            #expect(try await bench.get("/snapshot", from: relay, listener: 1).status == 200)
            #expect(try await bench.get("/status?format=json", from: relay, listener: 1).json(SourceReply.self).name == "yard")
            #expect(try await bench.get("/", from: relay, listener: 1)["Location"] == "status")
            #expect(try await bench.get("/healthz", from: relay, listener: 1).status == 200)
            #expect(try await bench.get("/front/stream", from: relay, listener: 1).status == 404)
        }
    }

    @Test func clipPlaysInALoopAtItsRate() async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            let jpegs = (1...5).map { TestPicture.jpeg($0, size: 4000) }
            try Data(jpegs.joined()).write(to: URL(filePath: folder + "/clip.mjpeg"))
            try """
            listen: 127.0.0.1:0
            sources:
              clip: {url: "file:clip.mjpeg", fps: 20}
            """.write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            // The path starts at the file's folder, not at the working directory.
            let relay = try bench.relay("-c", folder + "/relay.yaml", folder: "/")
            let viewer = try await bench.watch("/clip/stream", of: relay)
            let clock = ContinuousClock()
            let began = clock.now
            var numbers: [Int] = []
            while numbers.count < 21 {
                let part = try await viewer.part()
                let number = try #require(part.number)
                #expect(part.jpeg == jpegs[number - 1])
                #expect(number != numbers.last)
                numbers.append(number)
            }
            // Each of them, in turn, again and again; a busy machine skips one now and then.
            #expect(Set(numbers) == [1, 2, 3, 4, 5])
            #expect(zip(numbers, numbers.dropFirst()).count { $0.1 == $0.0 % 5 + 1 } >= 10, "\(numbers)")
            // A busy machine makes it longer, nothing makes it shorter.
            #expect(clock.now - began > .milliseconds(800))
        }
    }

    @Test func demonstrationClipPlays() async throws {
        try await withBench { bench in
            let relay = try bench.relay("-p", "0", "file:\(Self.clip)")
            let viewer = try await bench.watch(of: relay)
            var pictures: Set<[UInt8]> = []
            for _ in 0..<10 { pictures.insert(try await viewer.part().jpeg) }
            #expect(pictures.count >= 9, "the pictures move")
        }
    }

    @Test func missingClipIsNamedInTheStatus() async throws {
        try await withBench { bench in
            let relay = try bench.relay("-p", "0", "file:/nonexistent/clip.mjpeg")
            let status = try await bench.status(of: relay) { $0.reason != nil }
            #expect(status.reason?.contains("/nonexistent/clip.mjpeg") == true)
        }
    }

    @Test func logsAreJSONLinesWhereTheFileSaysSo() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { await $0.close() }
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    log: {format: json, level: debug}
                    sources: {front: "\(camera.url)"}
                    """)
            #expect(try await bench.get("/healthz", from: relay).status == 200)
            _ = try await relay.log.line(with: "warning")
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            struct Line: Decodable {
                let time: String
                let level: String
                let message: String
                let source: String?
            }
            let lines = try relay.log.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
            #expect(lines.contains { $0.level == "info" && $0.message == "listening" })
            #expect(lines.contains { $0.level == "warning" && $0.source == "front" })
            #expect(lines.allSatisfy { $0.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil })
        }
    }

    @Test func headersOfTheFileGoToTheCamera() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            _ = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources:
                      front: {url: "\(camera.url)", headers: {X-Token: abc}}
                    """)
            #expect(try await camera.connection().field("X-Token") == "abc")
        }
    }
}
