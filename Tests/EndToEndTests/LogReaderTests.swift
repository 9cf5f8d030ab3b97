import Foundation
import TestSupport
import Testing

/// The log's lines, and readers of it that do not behave.
@Suite struct LogReaderTests {
    /// A file with so many mistakes that a few reloads write more than the log keeps for a reader that has stopped.
    private static let mistakes =
        "listen: 127.0.0.1:0\nsources: {clip: \"file:/nonexistent\"}\n" + (0..<2000).map { "unknown\($0): 1\n" }.joined()

    /// A pipe with a name whose reading end is open in the test, and a relay that logs into it.
    private static func relay(_ bench: Bench) async throws -> (relay: ChildProcess, reader: Int32, file: String, port: Int) {
        let folder = try bench.folder()
        let pipe = folder + "/log"
        try #require(mkfifo(pipe, 0o600) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        try #require(reader >= 0)
        let port = try await FreePort.find()
        let file = folder + "/relay.yaml"
        try "listen: 127.0.0.1:\(port)\nsources: {clip: \"file:/nonexistent\"}\n".write(toFile: file, atomically: true, encoding: .utf8)
        let relay = try bench.program("/bin/sh", ["-c", "exec \"$0\" -c \"$1\" 2>\"$2\"", RelayProcess.binary, file, pipe])
        try await eventually("the relay listens") { try await isWell(port) }
        return (relay, reader, file, port)
    }

    private static func isWell(_ port: Int) async throws -> Bool {
        guard let viewer = try? await TestViewer.open(port: port) else { return false }
        try await viewer.ask("/healthz")
        let reply = try await viewer.reply()
        await viewer.close()
        return reply.status == 200
    }

    /// Has the relay read its file, and waits until it has.
    private static func reload(_ relay: ChildProcess, _ port: Int) async throws {
        let began = ContinuousClock.now
        relay.send(SIGHUP)
        try await eventually("the reload") {
            let viewer = try await TestViewer.open(port: port)
            try await viewer.ask("/status?format=json")
            let age = try await viewer.reply().json(StatusReply.self).reload.ageSeconds
            await viewer.close()
            return age.map { .seconds($0) < ContinuousClock.now - began } ?? false
        }
    }

    /// What has come, and what comes until nothing has come for a while.
    private static func read(_ descriptor: Int32) async throws -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var quiet = 0
        while quiet < 50 {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                text += buffer[..<count]
                quiet = 0
            } else {
                quiet += 1
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test func readerThatStopsHoldsNothingUpAndIsToldWhatItMissed() async throws {
        try await withBench { bench in
            let (relay, reader, file, port) = try await Self.relay(bench)
            defer { close(reader) }
            try Self.mistakes.write(toFile: file, atomically: true, encoding: .utf8)
            // Each reload writes about 130 KB; the pipe holds 64 KiB, the relay 256 KiB and what it writes just now.
            for _ in 0..<8 {
                try await Self.reload(relay, port)
                #expect(try await Self.isWell(port))
            }
            let text = try await Self.read(reader)
            #expect(text.utf8.count < 800_000)
            // Without a further line that would bring it along.
            let lost = text.matches(of: /\(([0-9]+) log lines lost: nobody read them\)\n/).compactMap { Int($0.1) }.reduce(0, +)
            #expect(lost > 4000, "\(text.suffix(300))")
            #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("20") || $0.hasPrefix("(") }, "every line is whole")
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(try await Self.read(reader).hasSuffix(" info ended\n"))
        }
    }

    @Test(arguments: [true, false]) func relayEndsWhateverItsReaderDoes(isOpen: Bool) async throws {
        try await withBench { bench in
            let (relay, reader, file, port) = try await Self.relay(bench)
            if !isOpen { close(reader) }
            defer { if isOpen { close(reader) } }
            try Self.mistakes.write(toFile: file, atomically: true, encoding: .utf8)
            for _ in 0..<6 {
                try await Self.reload(relay, port)
            }
            #expect(try await Self.isWell(port))
            let began = ContinuousClock.now
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
            #expect(ContinuousClock.now - began < .seconds(10))
        }
    }

    /// A line keeps its beginning and its end, and stays a line.
    @Test(arguments: ["text", "json"]) func longLinesAreCutInTheMiddle(format: String) async throws {
        try await withBench { bench in
            var folder = try bench.folder()
            for _ in 0..<12 { folder += "/" + String(repeating: "ü", count: 120) }
            folder += "/new\nline\u{9B}31m\u{2028}"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let file = folder + "/relay.yaml"
            let good = "listen: 127.0.0.1:0\nlog: {format: \(format)}\nsources: {clip: \"file:/nonexistent\"}\n"
            try good.write(toFile: file, atomically: true, encoding: .utf8)
            let relay = try bench.relay("-c", file)
            _ = try await relay.port()
            try (good + "unknown: 1\n").write(toFile: file, atomically: true, encoding: .utf8)
            relay.send(SIGHUP)
            let line = try await relay.log.line(with: "unknown key 'unknown'")
            #expect(line.utf8.count < 2200)
            #expect(line.contains(" … (") && line.contains(" bytes more) … "), "\(line)")
            #expect(!line.contains("\u{FFFD}"))
            #expect(line.contains("/new\\nline\\u009b31m\\u2028/relay.yaml:4:1: unknown key 'unknown'"), "\(line)")
            if format == "json" { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }
}
