import Foundation
import Synchronization
import TestSupport
import Testing

/// SIGHUP: the new file holds, or nothing changes; what did not change loses nothing.
@Suite struct ReloadTests {
    private static func text(_ sources: String..., port: Int = 0) -> String {
        "listen: 127.0.0.1:\(port)\nsources:\n" + sources.map { "  \($0)\n" }.joined()
    }

    /// A camera that a test feeds by hand, so that no picture of it is a matter of time.
    private static func feed(_ camera: TestCamera, connection number: Int = 1) async throws -> CameraConnection {
        let upstream = try await camera.connection(number)
        try await upstream.answer()
        return upstream
    }

    // MARK: - What stays

    @Test func unchangedSourceLosesNothingInABurst() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let other = try await bench.camera(CameraScript.still())
            let front = "front: \"\(camera.url)\""
            let texts = [Self.text(front), Self.text(front, "other: \"\(other.url)\"")]
            let file = try ChangingFile(bench, texts[0])
            let relay = try bench.relay(reading: file)
            var viewers: [TestViewer] = []
            for _ in 0..<50 { viewers.append(try await bench.watch("/front/stream", of: relay)) }
            let upstream = try await Self.feed(camera)
            for number in 1...200 {
                try file.write(texts[number % 2])
                relay.send(SIGHUP)
                try await upstream.send(picture: TestPicture.jpeg(number))
                // Each viewer gets each picture before the next is sent: one that is missing is lost, not late.
                for viewer in viewers { #expect(try await viewer.part().number == number) }
            }
            // One more, whose end is seen: those of the burst count as fewer.
            try file.write(texts[1])
            relay.send(SIGHUP)
            try await eventually("the last file holds") { try await bench.get("/other/healthz", from: relay).status != 404 }
            try await relay.reload()
            let status = try await bench.status(of: relay, path: "/front/status") { $0.state == "streaming" }
            #expect(status.viewers == 50)
            #expect(status.connects == 1)
            #expect(camera.connectionCount == 1)
            #expect(status.framesIn == 200)
            #expect(status.framesSkipped == 0)
        }
    }

    @Test func changedAddressKeepsItsViewers() async throws {
        try await withBench { bench in
            let old = try await bench.camera()
            let new = try await bench.camera()
            let file = try ChangingFile(bench, Self.text("front: \"\(old.url)\""))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let first = try await Self.feed(old)
            try await first.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            // In the middle of a frame, of which nothing may be seen.
            try await first.send(Array(CameraForm().part(TestPicture.jpeg(2, size: 50_000)).prefix(30_000)))
            try file.write(Self.text("front: \"\(new.url)\""))
            try await relay.reload()
            #expect(relay.log.text.contains("changed=1"))
            let second = try await Self.feed(new)
            try await second.send(picture: TestPicture.jpeg(3))
            #expect(try await viewer.part().number == 3)
            try await eventually("the old camera is let go") { first.connection.isClosed }
            #expect(old.connectionCount == 1)
        }
    }

    /// A refused login waits long; a changed one is tried at once.
    @Test func changedLoginIsTriedAtOnce() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                if connection.field("Authorization") == "Basic dXNlcjpyaWdodA==" {
                    try await CameraScript.still()(connection)
                } else {
                    try await connection.send(
                        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                    await connection.close()
                }
            }
            func text(_ password: String) -> String {
                Self.text("front: \"http://user:\(password)@127.0.0.1:\(camera.port)/video\"")
            }
            let file = try ChangingFile(bench, text("wrong"))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            try await bench.status(of: relay, path: "/front/status") { $0.state == "refused" }
            try file.write(text("right"))
            try await relay.reload()
            #expect(try await viewer.part().number == 1)
        }
    }

    @Test func settingsThatNeedNoOtherConnectionKeepIt() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            func text(_ settings: String) -> String { Self.text("front: {url: \"\(camera.url)\", \(settings)}") }
            let file = try ChangingFile(bench, text("heartbeat: 30s, max_viewers: 5"))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let upstream = try await Self.feed(camera)
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)
            try file.write(text("heartbeat: 500ms, max_viewers: 1, on_loss: last, reconnect_max: 3s, listed: false"))
            try await relay.reload()
            // The new heartbeat is in force for who came before it.
            #expect(try await viewer.anyPart().kind == "repeat")
            #expect(try await bench.get("/front/stream", from: relay).status == 503, "the new limit is in force")
            try await upstream.send(picture: TestPicture.jpeg(2))
            #expect(try await viewer.part().number == 2)
            #expect(camera.connectionCount == 1)
        }
    }

    // MARK: - What goes

    @Test func removedSourceEndsItsViewersBetweenPartsAndIsNotDialledAgain() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 50, size: 20_000))
            // Fails all the time: what it is dialled tells how much time went by.
            let clock = try await bench.camera { await $0.close() }
            let defaults = "defaults: {reconnect_min: 100ms, reconnect_max: 100ms}\n"
            let stays = "stays: \"\(clock.url)\""
            let file = try ChangingFile(bench, defaults + Self.text("front: \"\(camera.url)\"", stays))
            let relay = try bench.relay(reading: file)
            var viewers: [TestViewer] = []
            for _ in 0..<5 { viewers.append(try await bench.watch("/front/stream", of: relay)) }
            for viewer in viewers { #expect(try await viewer.part().number != nil) }
            try file.write(defaults + Self.text(stays))
            try await relay.reload()
            for viewer in viewers {
                try await eventually("the stream ends") { viewer.connection.isClosed }
                while viewer.connection.waitingBytes > 0 {
                    let part = try await viewer.anyPart()
                    #expect(part.isLast ? part.kind == "placeholder" : part.number != nil)
                }
            }
            #expect(try await bench.get("/front/stream", from: relay).status == 404)
            try await eventually("the camera is let go") { camera.connections.allSatisfy { $0.connection.isClosed } }
            let seen = clock.connectionCount
            try await eventually("time goes by") { clock.connectionCount >= seen + 5 }
            #expect(camera.connectionCount == 1)
            #expect(relay.log.text.contains("removed=1"))
        }
    }

    @Test func sourceThatIsSoughtWhenItIsRemovedIsNotDialledAgain() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { await $0.close() }
            let clock = try await bench.camera { await $0.close() }
            let defaults = "defaults: {reconnect_min: 100ms, reconnect_max: 100ms}\n"
            let stays = "stays: \"\(clock.url)\""
            let file = try ChangingFile(bench, defaults + Self.text("front: \"\(camera.url)\"", stays))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            _ = try await camera.connection(3)
            try file.write(defaults + Self.text(stays))
            try await relay.reload()
            try await eventually("the stream ends") { viewer.connection.isClosed }
            let dials = camera.connectionCount
            let seen = clock.connectionCount
            try await eventually("time goes by") { clock.connectionCount >= seen + 5 }
            // One may have been on its way.
            #expect(camera.connectionCount <= dials + 1)
        }
    }

    // MARK: - What is wrong

    struct BadFile: CustomTestStringConvertible, Sendable {
        let name: String
        /// nil: the file is gone.
        let text: String?
        /// What the log and the status say of it, each a line of its own.
        let problems: [String]
        var testDescription: String { name }
    }

    @Test(arguments: [
        BadFile(
            name: "two unknown keys",
            text: "listen: 127.0.0.1:0\nlisten_too: x\nsources:\n  front: {url: \"http://127.0.0.1:9/\", prot: 1}\n",
            problems: ["relay.yaml:2:1: ", "relay.yaml:4:39: "]),
        BadFile(name: "half a file", text: "listen: 127.0.0.1:0\nsources:\n  front: \"http://127.", problems: ["relay.yaml:3:"]),
        BadFile(name: "an empty file", text: "", problems: ["relay.yaml:"]),
        BadFile(name: "no sources", text: "listen: 127.0.0.1:0\n", problems: ["relay.yaml:"]),
        BadFile(name: "no file", text: nil, problems: ["relay.yaml"]),
    ])
    func badFileChangesNothingAndIsShownUntilAGoodOne(bad: BadFile) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let good = Self.text("front: \"\(camera.url)\"")
            let file = try ChangingFile(bench, good)
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let upstream = try await Self.feed(camera)
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await viewer.part().number == 1)

            if let text = bad.text { try file.write(text) } else { try FileManager.default.removeItem(atPath: file.path) }
            try await relay.reload()
            let status = try await bench.get("/status?format=json", from: relay).json(StatusReply.self)
            let page = try await bench.get("/status", from: relay).text
            #expect(status.reload.problems.count == bad.problems.count, "\(status.reload.problems)")
            for problem in bad.problems {
                _ = try await relay.log.line(with: "error", problem)
                #expect(status.reload.problems.contains { $0.contains(problem) }, "\(status.reload.problems)")
                #expect(page.contains(problem))
            }
            try await upstream.send(picture: TestPicture.jpeg(2))
            #expect(try await viewer.part().number == 2)

            try file.write(good)
            try await relay.reload()
            #expect(try await bench.get("/status?format=json", from: relay).json(StatusReply.self).reload.problems.isEmpty)
            #expect(try await !bench.get("/status", from: relay).text.contains("relay.yaml:"))
            try await upstream.send(picture: TestPicture.jpeg(3))
            #expect(try await viewer.part().number == 3)
            #expect(camera.connectionCount == 1)
        }
    }

    @Test func takenPortChangesNothing() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let other = try await bench.camera()
            let taken = try await bench.camera().port
            let good = Self.text("front: \"\(camera.url)\"")
            let file = try ChangingFile(bench, good)
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            _ = try await viewer.part()
            let free = try await FreePort.find()
            try file.write(
                Self.text("front: {url: \"\(other.url)\", port: \(free)}", "new: {url: \"\(other.url)\", port: \(taken)}"))
            try await relay.reload()
            _ = try await relay.log.line(with: "error", "cannot listen on 127.0.0.1:\(taken)")
            let status = try await bench.get("/status?format=json", from: relay).json(StatusReply.self)
            #expect(status.reload.problems.contains { $0.contains("\(taken)") })
            #expect(status.sources.map(\.name) == ["front"])
            #expect(try await bench.get("/new/stream", from: relay).status == 404)
            await #expect(throws: (any Error).self, "what was bound before the taken one is let go") {
                _ = try await TestViewer.open(port: free)
            }
            #expect(try await viewer.part().number == 1)
            #expect(camera.connectionCount == 1)
            #expect(other.connectionCount == 0)
        }
    }

    // MARK: - What comes

    /// Kubernetes puts a new folder in the place of an old one by changing a symbolic link.
    @Test func fileBehindASwappedLinkIsReadAnew() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let folder = try bench.folder()
            let files = FileManager.default
            for (version, name) in [("v1", "front"), ("v2", "yard")] {
                try files.createDirectory(atPath: "\(folder)/\(version)", withIntermediateDirectories: true)
                try Self.text("\(name): \"\(camera.url)\"").write(
                    toFile: "\(folder)/\(version)/relay.yaml", atomically: false, encoding: .utf8)
            }
            try files.createSymbolicLink(atPath: "\(folder)/data", withDestinationPath: "v1")
            try files.createSymbolicLink(atPath: "\(folder)/relay.yaml", withDestinationPath: "data/relay.yaml")
            let relay = try bench.relay("-d", "-c", "relay.yaml", folder: folder)
            #expect(try await bench.watch("/front/stream", of: relay).part().number == 1)
            try files.createSymbolicLink(atPath: "\(folder)/next", withDestinationPath: "v2")
            #expect(rename("\(folder)/next", "\(folder)/data") == 0)
            try await relay.reload()
            #expect(try await bench.watch("/yard/stream", of: relay).part().number == 1)
            #expect(try await bench.get("/front/stream", from: relay).status == 404)
        }
    }

    @Test func portOfASourceMovesAndItsViewersStay() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let ports = [try await FreePort.find(), try await FreePort.find()]
            func text(_ port: Int) -> String { Self.text("front: {url: \"\(camera.url)\", port: \(port)}") }
            let file = try ChangingFile(bench, text(ports[0]))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch(of: relay, listener: 1)
            let upstream = try await Self.feed(camera)
            try file.write(text(ports[1]))
            try await relay.reload()
            await #expect(throws: (any Error).self) { _ = try await TestViewer.open(port: ports[0]) }
            let moved = try await TestViewer.open(port: ports[1])
            bench.atEnd { await moved.close() }
            try await moved.ask("/stream")
            try await moved.openStream()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await moved.part().number == 1)
            #expect(try await viewer.part().number == 1)
            #expect(camera.connectionCount == 1)
        }
    }

    /// Another name for the same camera and port: nobody who asks there meanwhile hears that there is nothing.
    @Test func renamedSourceKeepsItsPort() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let port = try await FreePort.find()
            func text(_ name: String) -> String { Self.text("\(name): {url: \"\(camera.url)\", port: \(port)}") }
            let file = try ChangingFile(bench, text("front0"))
            let relay = try bench.relay(reading: file)
            _ = try await bench.watch(of: relay, listener: 1).part()

            let isOver = Flag()
            let asking = Task {
                var statuses: [Int: Int] = [:]
                let kept = try await TestViewer.open(port: port)
                while !isOver.value.load(ordering: .relaxed) {
                    let fresh = try await TestViewer.open(port: port)
                    for viewer in [kept, fresh] {
                        for path in ["/healthz", "/snapshot", "/status?format=json"] {
                            try await viewer.ask(path)
                            statuses[try await viewer.reply().status, default: 0] += 1
                        }
                    }
                    await fresh.close()
                }
                await kept.close()
                return statuses
            }
            for number in 1...20 {
                try file.write(text("front\(number)"))
                try await relay.reload()
                #expect(try await bench.watch(of: relay, listener: 1).part().number != nil)
            }
            isOver.value.store(true, ordering: .relaxed)
            let statuses = try await asking.value
            #expect(statuses[200, default: 0] > 20)
            #expect(Set(statuses.keys).isSubset(of: [200, 503]), "\(statuses)")
            #expect(relay.log.lines.count { $0.contains("listening") } == 2)
        }
    }

    /// An address of every host takes the port of one host, and the other way round: one has to go before the other comes.
    @Test func listenerMovesToAnotherHostOnTheSamePort() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let port = try await FreePort.find()
            func text(_ host: String) -> String { "listen: \"\(host):\(port)\"\nsources: {front: \"\(camera.url)\"}\n" }
            let file = try ChangingFile(bench, text("127.0.0.1"))
            let relay = try bench.relay(reading: file)
            let viewer = try await bench.watch("/front/stream", of: relay)
            let upstream = try await Self.feed(camera)
            for (number, host) in ["0.0.0.0", "127.0.0.1", "[::]", "127.0.0.1"].enumerated() {
                try file.write(text(host))
                try await relay.reload()
                #expect(try await bench.get("/healthz", from: relay).status == 200, "\(relay.log.text)")
                try await upstream.send(picture: TestPicture.jpeg(number))
                #expect(try await viewer.part().number == number)
            }
            #expect(relay.log.text.contains("listening address=[::]:\(port)"))
        }
    }

    @Test func newSourceIsServedSoon() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let file = try ChangingFile(bench, Self.text("front: \"\(camera.url)\""))
            let relay = try bench.relay(reading: file)
            _ = try await bench.watch("/front/stream", of: relay).part()
            try file.write(Self.text("front: \"\(camera.url)\"", "new: \"\(camera.url)\""))
            let clock = ContinuousClock()
            let start = clock.now
            relay.send(SIGHUP)
            try await eventually("the new source is known") { try await bench.get("/new/status", from: relay).status == 200 }
            // Takes under 300 ms on a machine that has nothing else to do.
            #expect(clock.now - start < .seconds(3))
            #expect(try await bench.watch("/new/stream", of: relay).part().number != nil)
        }
    }

    @Test func settingsOfTheLogAreTakenOver() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let file = try ChangingFile(bench, Self.text("front: \"\(camera.url)\""))
            let relay = try bench.relay("-c", file.path)
            _ = try await bench.watch("/front/stream", of: relay).part()
            try file.write("log: {format: json, viewers: true}\n" + Self.text("front: \"\(camera.url)\""))
            try await relay.reload()
            let viewer = try await bench.watch("/front/stream", of: relay)
            _ = try await viewer.part()
            await viewer.close()
            let line = try await relay.log.line(with: "viewer ended")
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(fields["source"] as? String == "front")
        }
    }

    @Test func endComesBeforeReloads() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let texts = [Self.text("front: \"\(camera.url)\""), Self.text("other: \"\(camera.url)\"")]
            for _ in 0..<5 {
                let file = try ChangingFile(bench, texts[0])
                let relay = try bench.relay(reading: file)
                let viewer = try await bench.watch("/front/stream", of: relay)
                _ = try await viewer.part()
                try file.write(texts[1])
                for _ in 0..<20 { relay.send(SIGHUP) }
                relay.send(SIGTERM)
                for _ in 0..<20 { relay.send(SIGHUP) }
                #expect(try await relay.exitStatus() == 0)
                try await eventually("the stream ends") { viewer.connection.isClosed }
                while viewer.connection.waitingBytes > 0 { _ = try await viewer.anyPart() }
            }
        }
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }
}
