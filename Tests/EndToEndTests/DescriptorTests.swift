import Foundation
import Synchronization
import TestSupport
import Testing

/// More cameras, programs, ports and viewers than the limit of open files has room for: the relay never comes near the limit, since
/// what its libraries do there ends the program.
@Suite struct DescriptorTests {
    private static let limit = 256
    /// Never used, so that whatever the libraries open for a moment finds room.
    private static let reserve = 32

    /// What the relay has to do.
    struct Mix: CustomTestStringConvertible {
        var cameras = 0
        var programs = 0
        var ports = 0
        var testDescription: String { "\(cameras) cameras, \(programs) programs, \(ports) own ports" }
    }

    @Test(arguments: [
        Mix(cameras: 60), Mix(programs: 60), Mix(cameras: 60, ports: 60), Mix(cameras: 30, programs: 30, ports: 30),
    ])
    func limitIsNeverNear(mix: Mix) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 2))
            let sources = try await Self.sources(mix, camera, bench)
            let file = try ChangingFile(bench, Self.text(sources))
            let relay = try bench.relay(["-c", file.path], maxOpenFiles: Self.limit)
            let port = try await relay.port()
            let most = Watch(relay)
            defer { most.end() }
            try await Self.allStream(bench, relay)

            let crowd = Crowd(ports: [port] + sources.ports, path: { $0 == port ? "/s0/stream" : "/stream" })
            defer { crowd.end() }
            try await eventually("many have a stream") { crowd.served > 12 }

            await camera.goAway()
            if mix.cameras > 0 { try await bench.status(of: relay, path: "/s0/status") { $0.state != "streaming" } }
            relay.endPrograms()
            try await camera.comeBack()
            try await Self.allStream(bench, relay)

            // There is no room for so many; what is served goes on.
            let more = try await Self.freePorts(60, besides: [port] + sources.ports).map { port in
                "  m\(port): {url: \"\(camera.url)\", port: \(port)}\n"
            }
            try file.write(Self.text(sources) + more.joined())
            try await relay.reload()
            let refusals = relay.log.lines.filter { $0.contains(" error ") }
            #expect(refusals.count { $0.contains("cannot listen on 60 new addresses: of the limit of open files") } == 1, "\(refusals)")
            relay.endPrograms()
            try await Self.allStream(bench, relay)
            let served = crowd.served
            try await eventually("others have their turn") { crowd.served > served + 12 }

            crowd.end()
            let viewer = try await eventually("someone new is served") {
                let viewer = try await bench.viewer(of: relay)
                try await viewer.ask("/s0/stream")
                return (try? await viewer.openStream()) == nil ? nil : viewer
            }
            #expect(try await viewer.part().number != nil || mix.cameras == 0)
            #expect(most.count <= Self.limit - Self.reserve)
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
        }
    }

    /// More programs than can run at once: those that can do run, and one line tells of the others.
    @Test func programsBeyondTheLimitWait() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let sources = try await Self.sources(Mix(programs: 90), camera, bench)
            let file = try ChangingFile(bench, Self.text(sources))
            let relay = try bench.relay(["-c", file.path], maxOpenFiles: Self.limit)
            let most = Watch(relay)
            defer { most.end() }
            try await eventually("most of them run") { try await Self.states(bench, relay).count { $0 == "streaming" } >= 50 }
            for _ in 0..<3 {
                relay.endPrograms()
                try await Task.sleep(for: .milliseconds(500))
                try await eventually("most of them run") { try await Self.states(bench, relay).count { $0 == "streaming" } >= 50 }
            }
            let waiting = try await bench.get("/status?format=json", from: relay).json(StatusReply.self).sources
                .filter { $0.state == "waiting" && $0.reason?.contains("no more files may be opened") == true }
            #expect(!waiting.isEmpty)
            #expect(relay.log.lines.count { $0.contains("the limit of open files is too low for all cameras at once") } == 1)
            #expect(relay.log.lines.count { $0.contains("cameras wait until files may be opened for them") } == 1)

            // As many as there is room for, and nobody waits.
            try file.write(Self.text(Array(sources.prefix(10))))
            try await relay.reload()
            try await Self.allStream(bench, relay, within: .seconds(10))
            _ = try await relay.log.line(with: "no camera waits for open files any more")
            #expect(most.count <= Self.limit - Self.reserve)
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
        }
    }

    // MARK: - Steps

    fileprivate struct SourceLine {
        let text: String
        let port: Int?
    }

    private static func text(_ sources: [SourceLine]) -> String {
        "listen: 127.0.0.1:0\nsources:\n" + sources.map(\.text).joined()
    }

    private static func sources(_ mix: Mix, _ camera: TestCamera, _ bench: Bench) async throws -> [SourceLine] {
        let clip = try bench.folder() + "/clip"
        try Data(TestPicture.jpeg(1, size: 2000) + TestPicture.jpeg(2, size: 2000)).write(to: URL(filePath: clip))
        let ports = try await freePorts(mix.ports)
        var lines: [SourceLine] = []
        for number in 0..<(mix.cameras + mix.programs) {
            let port = number < ports.count ? ports[number] : nil
            let what =
                number < mix.cameras
                ? "url: \"\(camera.url)\"" : "exec: [sh, -c, \"while cat \(clip); do sleep 1; done\"]"
            let own = port.map { ", port: \($0)" } ?? ""
            lines.append(
                SourceLine(text: "  s\(number): {\(what), reconnect_min: 100ms, reconnect_max: 100ms\(own)}\n", port: port))
        }
        return lines
    }

    private static func freePorts(_ count: Int, besides taken: [Int] = []) async throws -> [Int] {
        var ports: Set<Int> = []
        while ports.count < count {
            let port = try await FreePort.find()
            if !taken.contains(port) { ports.insert(port) }
        }
        return Array(ports)
    }

    private static func states(_ bench: Bench, _ relay: RelayProcess) async throws -> [String] {
        try await bench.get("/status?format=json", from: relay).json(StatusReply.self).sources.map(\.state)
    }

    /// Within 2 s on a machine that has nothing else to do.
    private static func allStream(_ bench: Bench, _ relay: RelayProcess, within limit: Duration = patience) async throws {
        try await eventually("all sources stream; the log:\n\(relay.log.text)", within: limit) {
            guard relay.isRunning else { throw RelayProcess.EndedEarly(log: relay.log.text) }
            return (try? await states(bench, relay).allSatisfy { $0 == "streaming" }) ?? false
        }
    }

    /// The most files that a relay has had open, looked at all the time.
    private final class Watch: Sendable {
        private let most = Mutex(0)
        private let isOver = Atomic(false)

        var count: Int { most.withLock { $0 } }

        init(_ relay: RelayProcess) {
            Thread.detachNewThread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    let now = (try? relay.openFiles) ?? 0
                    most.withLock { $0 = max($0, now) }
                    usleep(2000)
                }
            }
        }

        func end() { isOver.store(true, ordering: .relaxed) }
    }

    /// 220 viewers, each of whom stays for some seconds or is turned away, and comes again.
    private final class Crowd: Sendable {
        private let task: Task<Void, Never>
        private let counter = Counter()

        /// How often somebody has got a stream.
        var served: Int { counter.value.load(ordering: .relaxed) }

        private final class Counter: Sendable {
            let value = Atomic(0)
        }

        init(ports: [Int], path: @escaping @Sendable (Int) -> String) {
            let counter = counter
            task = Task {
                await withDiscardingTaskGroup { group in
                    for number in 0..<220 {
                        group.addTask {
                            var turn = number
                            while !Task.isCancelled {
                                let port = ports[turn % ports.count]
                                if (try? await Self.visit(port, path(port), for: .milliseconds(500 + turn * 37 % 3000))) == true {
                                    counter.value.add(1, ordering: .relaxed)
                                }
                                turn += 7
                                try? await Task.sleep(for: .milliseconds(200))
                            }
                        }
                    }
                }
            }
        }

        func end() { task.cancel() }

        /// Whether a picture came.
        private static func visit(_ port: Int, _ path: String, for time: Duration) async throws -> Bool {
            let connection = try await TestConnection.open(port: port)
            try? await connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try? await Task.sleep(for: time)
            let count = connection.waitingBytes
            await connection.close()
            return count > 2000
        }
    }
}

extension [DescriptorTests.SourceLine] {
    fileprivate var ports: [Int] { compactMap(\.port) }
}
