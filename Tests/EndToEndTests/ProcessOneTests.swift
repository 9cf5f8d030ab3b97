import Foundation
import TestSupport
import Testing

/// The relay as process 1, which inherits what its programs leave behind.
@Suite(.enabled(if: Container.isPossible, "namespaces cannot be made here")) struct ProcessOneTests {
    /// What a session leaves behind, and how it ends as a sentence for operators.
    enum Program: String, CaseIterable {
        /// Both sides of a pipe lose their parent.
        case pipe
        /// A child with a process group of its own, that outlives the program.
        case daemon
        /// The program itself is gone at once and cannot be reaped before its output ends.
        case early
        /// Many at once.
        case crowd
        /// The program's status is its own, not stolen.
        case status

        func words(_ clip: String) -> [String] {
            let line =
                switch self {
                case .pipe: "cat \(clip) | cat"
                case .daemon: "setsid sh -c 'sleep 0.2; exit 7' & cat \(clip)"
                case .early: "(cat \(clip); sleep 0.5) & exit 5"
                case .crowd: "for i in 1 2 3 4 5 6 7 8 9 10; do sh -c 'sleep 0.1 | sleep 0.1' & done; cat \(clip)"
                case .status: "cat \(clip) | cat; exit 3"
                }
            return ["sh", "-c", line]
        }

        /// How the relay tells that the program has ended.
        var ending: String {
            switch self {
            case .status: "program 'sh' ended with status 3"
            case .early: "program 'sh' ended with status 5"
            default: "program 'sh' ended"
            }
        }
    }

    @Test(arguments: Program.allCases) func nothingThatProgramsLeaveStays(program: Program) async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            try Data(TestPicture.jpeg(1, size: 4000)).write(to: URL(filePath: folder + "/clip"))
            let words = program.words(folder + "/clip").map { "\"\($0)\"" }.joined(separator: ", ")
            try """
            listen: unix:relay.sock
            admin: unix:admin.sock
            sources: {clip: {exec: [\(words)], reconnect_min: 100ms, reconnect_max: 100ms}}
            """.write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            let container = try await Container(bench, ["-d", "-c", folder + "/relay.yaml"])
            var reasons: Set<String> = []
            try await eventually("six sessions of \(program.words(folder)); the log:\n\(container.log.text)") {
                let reply = try await Self.status(of: "clip", container, folder)
                if let reason = reply.reason { reasons.insert(reason) }
                return reply.connects >= 6
            }
            // Nobody else takes the program's status, in none of the sessions.
            #expect(reasons == [program.ending])
            #expect(!container.log.text.contains("cannot be started"))
            try await eventually("no zombie: \((try? Self.zombies(of: container.pid)) ?? [])") {
                try Self.zombies(of: container.pid).count <= (program == .early ? 1 : 0)
            }
            container.send(SIGTERM)
            #expect(try await container.exitStatus() == 0)
        }
    }

    /// A program whose output stays open after its own end is shown by the kernel first, again and again; others behind it are
    /// reaped all the same.
    @Test func programThatCannotBeReapedYetHidesNoOther() async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            try Data(TestPicture.jpeg(1, size: 4000)).write(to: URL(filePath: folder + "/clip"))
            try """
            listen: unix:relay.sock
            admin: unix:admin.sock
            sources:
              none: {exec: [/nonexistent], reconnect_min: 100ms, reconnect_max: 100ms}
              long: {exec: [sh, -c, "(cat \(folder)/clip; exec sleep 60) & exit 5"], stall_timeout: 60s}
              short: {exec: [sh, -c, "cat \(folder)/clip | cat"], reconnect_min: 100ms, reconnect_max: 100ms}
            """.write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
            let container = try await Container(bench, ["-d", "-c", folder + "/relay.yaml"])
            try await eventually("the long program has ended") { try Self.zombies(of: container.pid).contains("sh") }
            try await eventually("six sessions of the short one") {
                try await Self.status(of: "short", container, folder).connects >= 6
            }
            try await eventually("only that one: \((try? Self.zombies(of: container.pid)) ?? [])") {
                try Self.zombies(of: container.pid) == ["sh"]
            }
            container.send(SIGTERM)
            #expect(try await container.exitStatus() == 0)
        }
    }

    /// A source's status, for operators.
    private static func status(of name: String, _ container: Container, _ folder: String) async throws -> SourceReply {
        let curl = try await container.run(
            ["curl", "-sS", "--unix-socket", folder + "/admin.sock", "http://localhost/\(name)/status?format=json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(SourceReply.self, from: Data(curl.output.utf8))
    }

    /// The names of the ended children of a process that nobody has reaped.
    private static func zombies(of parent: pid_t) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry in
            guard pid_t(entry) != nil, let stat = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
                let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[close...].split(separator: " ")
            guard fields.count > 2, fields[1] == "Z", fields[2] == "\(parent)" else { return nil }
            return String(stat[stat.index(after: open)..<close])
        }
    }
}
