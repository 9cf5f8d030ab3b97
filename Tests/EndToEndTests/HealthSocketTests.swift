import Foundation
import TestSupport
import Testing

/// `mjpeg-relay health` without arguments: it asks the relay that runs here, not a file.
@Suite(.enabled(if: Container.isPossible, "namespaces cannot be made here")) struct HealthSocketTests {
    private static let source = "sources: {clip: \"file:/nonexistent/clip\"}\n"

    /// Texts of a file, or nil for the single-URL mode.
    enum Start: String, CaseIterable {
        case url, urlWithOtherPort, urlWithWebSocketPort, file, otherPort, unixSocket, oneHost, admin, freePort, ownPort

        var arguments: [String] {
            switch self {
            case .url: ["file:/nonexistent/clip"]
            case .urlWithOtherPort: ["-p", "9000", "file:/nonexistent/clip"]
            case .urlWithWebSocketPort: ["-p", "0", "-w", "9001", "file:/nonexistent/clip"]
            default: []
            }
        }

        var file: String? {
            switch self {
            case .url, .urlWithOtherPort, .urlWithWebSocketPort: nil
            case .file: source
            case .otherPort: "listen: \"[::]:9000\"\n" + source
            case .unixSocket: "listen: unix:relay.sock\n" + source
            case .oneHost: "listen: 127.0.0.2:54321\n" + source
            case .admin: "listen: 127.0.0.1:9000\nadmin: 127.0.0.1:9001\n" + source
            case .freePort: "listen: \"[::]:0\"\n" + source
            case .ownPort: "listen: \"[::]:9000\"\nsources: {clip: {url: \"file:/nonexistent/clip\", port: 54321}}\n"
            }
        }
    }

    /// The network of such a container has no address, so nothing here goes over TCP.
    @Test(arguments: Start.allCases) func relayIsFoundHoweverItWasStarted(start: Start) async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            if let text = start.file { try text.write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8) }
            let file = start.file == nil ? [] : ["-c", folder + "/relay.yaml"]
            let container = try await Container(
                bench, file + start.arguments, wrapper: ["sh", "-c", "ip link set lo up; exec \"$0\" \"$@\""])
            let health = try await container.health()
            #expect(health.status == 0 && health.output == "alive\n", "\(health)")
            container.send(SIGTERM)
            #expect(try await container.exitStatus() == 0)
        }
    }

    /// What is done to the file of a relay that runs well.
    @Test(arguments: ["sources: [", "listen: 127.0.0.1:1\n" + source, "listen: unix:/nowhere\n" + source, ""])
    func fileOnDiskDoesNotMatter(text: String) async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            try ("listen: 127.0.0.1:9000\n" + Self.source).write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            // Found in the working folder, as a start without arguments finds it.
            let container = try await Container(bench, [], folder: folder, wrapper: ["sh", "-c", "ip link set lo up; exec \"$0\" \"$@\""])
            #expect(try await container.health(folder: folder).status == 0)
            if text.isEmpty {
                try FileManager.default.removeItem(atPath: folder + "/relay.yaml")
            } else {
                try text.write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            }
            for folder in [folder, "/"] {
                let health = try await container.health(folder: folder)
                #expect(health.status == 0, "\(health)")
            }
            #expect(try await container.health("-c", folder + "/relay.yaml").status == 0)
            #expect(try await container.health("-c", "./relay.yaml", folder: folder).status == 0)
        }
    }

    @Test func relayThatHangsIsNotAlive() async throws {
        try await withBench { bench in
            let container = try await Container(bench, ["-p", "9000", "file:/nonexistent/clip"])
            #expect(try await container.health().status == 0)
            container.send(SIGSTOP)
            // Docker's health check waits five seconds.
            let began = ContinuousClock.now
            let health = try await container.health()
            #expect(health.status == 1)
            #expect(health.errors.contains("the relay with process id 1 does not answer"), "\(health)")
            #expect(ContinuousClock.now - began < .seconds(10))
            container.send(SIGCONT)
            #expect(try await container.health().status == 0)
        }
    }

    /// Nothing is left behind by a relay that is killed, and nothing keeps the next from being found.
    @Test func killedRelayLeavesNothingBehind() async throws {
        try await withBench { bench in
            // Process 1 of this one waits, so that its namespaces outlive the relays inside.
            let container = try await Container(
                bench, ["-p", "9000", "file:/nonexistent/clip"], wrapper: ["sh", "-c", "\"$0\" \"$@\"; \"$0\" \"$@\"; exec sleep 60"])
            #expect(try await container.health().status == 0)
            let first = try await container.run(["pidof", "mjpeg-relay"])
            #expect(
                try await container.run(["kill", "-KILL"] + first.output.split(whereSeparator: \.isWhitespace).map(String.init)).status == 0
            )
            try await eventually("the second relay") { container.log.lines.count { $0.contains("listening") } == 2 }
            #expect(try await container.health().status == 0)
            let second = try await container.run(["pidof", "mjpeg-relay"])
            #expect(second.output != first.output)
            #expect(
                try await container.run(["kill", "-KILL"] + second.output.split(whereSeparator: \.isWhitespace).map(String.init)).status
                    == 0)
            try await eventually("no relay") { try await container.run(["pidof", "mjpeg-relay"]).status != 0 }
            let health = try await container.health()
            #expect(
                health.status == 1 && health.errors == "no relay runs here; one that runs elsewhere is asked with --port\n", "\(health)")
        }
    }

    /// Containers of one pod, or on the host's network: each is asked about its own relay.
    @Test func containersThatShareTheNetworkAreAskedForThemselves() async throws {
        try await withBench { bench in
            let first = try await Container(bench, ["-p", "9001", "file:/nonexistent/clip"])
            let second = try await Container(bench, ["-p", "9002", "file:/nonexistent/clip"], sharingNetworkOf: first)
            for container in [first, second] { #expect(try await container.health().status == 0) }
            first.send(SIGSTOP)
            #expect(try await first.health().status == 1)
            #expect(try await second.health().status == 0)
            first.send(SIGCONT)
            second.send(SIGTERM)
            #expect(try await second.exitStatus() == 0)
            #expect(try await first.health().status == 0)
        }
    }

    /// As the image does it: a user that may write nowhere.
    @Test func anotherUserThanRoot() async throws {
        try await withBench { bench in
            let container = try await Container(bench, ["-p", "9000", "file:/nonexistent/clip"], user: 10001)
            let health = try await container.health()
            #expect(health.status == 0, "\(health)")
            // Whoever else asks there has no other relay to mean.
            let root = try ChildProcess(
                "nsenter", ["--target", "\(container.pid)", "--net", "--pid", "--mount", RelayProcess.binary, "health"])
            #expect(try await root.exitStatus() == 0)
        }
    }

    /// Two relays of one machine, each with its file: the one is asked whose file a start would use, else both.
    @Test func fileOfAStartChoosesAmongSeveral() async throws {
        try await withBench { bench in
            let (one, other) = (try bench.folder(), try bench.folder())
            for (folder, port) in [(one, 9001), (other, 9002)] {
                try ("listen: \"[::]:\(port)\"\n" + Self.source).write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            }
            let container = try await Container(
                bench, ["-c", one + "/relay.yaml"],
                wrapper: ["sh", "-c", "(cd \(other); \"$0\" & echo $! > pid); exec \"$0\" \"$@\""])
            try await eventually("both listen") { container.log.lines.count { $0.contains("listening") } == 2 }
            for folder in [one, other, "/"] { #expect(try await container.health(folder: folder).status == 0) }
            let pid = try String(contentsOfFile: other + "/pid", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(try await container.run(["kill", "-STOP", pid]).status == 0)
            #expect(try await container.health(folder: one).status == 0)
            #expect(try await container.health(folder: other).status == 1)
            let both = try await container.health()
            #expect(both.status == 1 && both.errors.contains("process id \(pid) does not answer"), "\(both)")
            #expect(try await container.health("-c", one + "/relay.yaml").status == 0)
        }
    }

    /// A relay with all the viewers that it takes is well, however long a further connection waits to be accepted.
    @Test func relayThatIsFullIsAlive() async throws {
        try await withBench { bench in
            let file = try bench.file(named: "relay.yaml", text: "listen: 127.0.0.1:0\n" + Self.source)
            let relay = try bench.relay(["-c", file], maxOpenFiles: 256)
            for _ in 0..<260 { _ = try await bench.viewer(of: relay) }
            let folder = URL(filePath: file).deletingLastPathComponent().path
            // Who asks by the port waits with all the others.
            #expect(try await bench.relay(["health", "-p", "\(relay.port())"]).exitStatus() == 1)
            #expect(try await bench.relay(["health"], folder: folder).exitStatus() == 0)
            #expect(try await bench.relay(["health", "-c", file]).exitStatus() == 0)
        }
    }
}
