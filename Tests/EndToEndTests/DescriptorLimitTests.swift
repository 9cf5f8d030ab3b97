import Foundation
import Testing

/// Limits of open files that nothing can run with: one line, not a trap.
@Suite struct DescriptorLimitTests {
    /// From the least with which the program can be loaded at all.
    @Test(arguments: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 24, 29])
    func tooLowALimitIsOneLine(limit: Int) async throws {
        try await withBench { bench in
            let relay = try bench.relay(["-p", "0", "file:/nonexistent"], maxOpenFiles: limit)
            #expect(try await relay.exitStatus() == 1)
            #expect(relay.log.lines.count == 1, "\(relay.log.text)")
            #expect(relay.log.text.contains(" error the limit of open files is \(limit), and at least "))
            for arguments in [["probe", "http://127.0.0.1:9/"], ["health", "-p", "9"]] {
                let relay = try bench.relay(arguments, maxOpenFiles: limit)
                #expect(try await relay.exitStatus() == 1)
                #expect(relay.log.text.hasPrefix("the limit of open files is \(limit), and at least "), "\(relay.log.text)")
            }
            // What needs no event loop works.
            #expect(try await bench.relay(["--check", "file:/nonexistent"], maxOpenFiles: limit).exitStatus() == 0)
            #expect(try await bench.relay(["health"], folder: bench.folder(), maxOpenFiles: limit).exitStatus() < 128)
        }
    }

    /// The file decides how many are needed, and the line tells that number: with it, the relay starts and serves.
    @Test func leastLimitThatTheLineNamesIsEnough() async throws {
        try await withBench { bench in
            var ports: Set<Int> = []
            while ports.count < 40 { ports.insert(try await FreePort.find()) }
            let sources = ports.map { "  s\($0): {url: \"file:/nonexistent\", port: \($0)}\n" }.joined()
            let file = try bench.file(named: "relay.yaml", text: "listen: 127.0.0.1:0\nsources:\n" + sources)
            let refused = try bench.relay(["-c", file], maxOpenFiles: 64)
            #expect(try await refused.exitStatus() == 1)
            let match = try #require(refused.log.text.firstMatch(of: /at least ([0-9]+) are needed/), "\(refused.log.text)")
            let least = try #require(Int(match.1))
            #expect(least > 100)
            let relay = try bench.relay(["-c", file], maxOpenFiles: least)
            #expect(try await bench.get("/readyz", from: relay).status == 200)
            #expect(try await bench.relay(["-c", file], maxOpenFiles: least - 1).exitStatus() == 1)
            relay.send(SIGTERM)
            #expect(try await relay.exitStatus() == 0)
        }
    }

    /// A soft limit is raised before anything can reach it.
    @Test func softLimitIsRaisedFirst() async throws {
        try await withBench { bench in
            let shell = try bench.program(
                "/bin/sh", ["-c", "ulimit -S -n 8; exec \"$0\" \"$@\"", RelayProcess.binary, "-p", "0", "file:/nonexistent"])
            _ = try await shell.errors.line(with: "listening")
            shell.send(SIGTERM)
            #expect(try await shell.exitStatus() == 0)
        }
    }
}
