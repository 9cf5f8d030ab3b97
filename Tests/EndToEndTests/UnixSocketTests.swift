import Foundation
import TestSupport
import Testing

/// Unix sockets that are in use, were left behind, or belong to somebody else.
@Suite struct UnixSocketTests {
    private static let source = "sources: {clip: \"file:/nonexistent\"}\n"

    private static func file(_ bench: Bench) throws -> (folder: String, path: String, file: String) {
        let folder = try bench.folder()
        try "listen: unix:relay.sock\n\(source)".write(toFile: folder + "/relay.yaml", atomically: true, encoding: .utf8)
        return (folder, folder + "/relay.sock", folder + "/relay.yaml")
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// A socket of the test's own at `path`, closed when the test ends.
    private static func listener(_ bench: Bench, _ path: String, type: __socket_type = SOCK_STREAM, isListening: Bool = true) throws
        -> Int32
    {
        let descriptor = socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        bench.atEnd { close(descriptor) }
        try #require(withAddress(path) { bind(descriptor, $0, $1) } == 0)
        if isListening { try #require(listen(descriptor, 0) == 0) }
        return descriptor
    }

    /// The file of a socket whose owner is gone.
    private static func leave(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        try #require(withAddress(path) { bind(descriptor, $0, $1) } == 0)
        try #require(listen(descriptor, 0) == 0)
    }

    private static func connection(_ bench: Bench, _ path: String) -> (descriptor: Int32, error: Int32) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        bench.atEnd { close(descriptor) }
        return (descriptor, withAddress(path) { connect(descriptor, $0, $1) } == 0 ? 0 : errno)
    }

    private static func identity(_ path: String) throws -> UInt64 {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return UInt64(status.st_ino)
    }

    private static func isWell(_ bench: Bench, _ path: String) async throws -> Bool {
        let curl = try bench.program("curl", ["-sS", "--max-time", "10", "--unix-socket", path, "http://localhost/healthz"])
        return try await curl.exitStatus() == 0 && curl.output.text == "alive\n"
    }

    @Test func socketWhoseBacklogIsFullIsInUse() async throws {
        try await withBench { bench in
            let (_, path, file) = try Self.file(bench)
            let listener = try Self.listener(bench, path)
            var error: Int32 = 0
            while error == 0 { error = Self.connection(bench, path).error }
            #expect(error == EAGAIN, "the backlog is full")
            let identity = try Self.identity(path)
            let relay = try bench.relay("-c", file)
            #expect(try await relay.exitStatus() == 1)
            #expect(relay.log.lines.count == 1 && relay.log.text.contains("cannot listen on unix:\(path): address already in use"))
            #expect(try Self.identity(path) == identity)
            close(accept(listener, nil, nil))
            #expect(Self.connection(bench, path).error == 0)
        }
    }

    /// What else at the path is not ours to remove.
    @Test(arguments: ["datagram", "file", "folder", "pipe", "link to a socket", "dangling link"])
    func whatIsNoAbandonedSocketStays(kind: String) async throws {
        try await withBench { bench in
            let (folder, path, file) = try Self.file(bench)
            switch kind {
            case "datagram": _ = try Self.listener(bench, path, type: SOCK_DGRAM, isListening: false)
            case "file": try "x".write(toFile: path, atomically: false, encoding: .utf8)
            case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            case "pipe": try #require(mkfifo(path, 0o600) == 0)
            case "link to a socket":
                try Self.leave(folder + "/other")
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder + "/other")
            case "dangling link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: folder + "/nothing")
            default: return
            }
            let identity = try Self.identity(path)
            let relay = try bench.relay("-c", file)
            #expect(try await relay.exitStatus() == 1)
            #expect(relay.log.lines.count == 1 && relay.log.text.contains("address already in use"), "\(relay.log.text)")
            #expect(try Self.identity(path) == identity)
        }
    }

    @Test func endingRelayRemovesOnlyItsOwn() async throws {
        try await withBench { bench in
            let (folder, path, file) = try Self.file(bench)
            let first = try bench.relay("-c", file)
            _ = try await first.log.line(with: "listening")
            // A relay can be asked a moment after it listens.
            try await eventually("it is well") { try await bench.relay(["health"], folder: folder).exitStatus() == 0 }
            // As somebody does who thinks that the file is a leftover.
            unlink(path)
            let health = try bench.relay(["health"], folder: folder)
            #expect(try await health.exitStatus() == 1)
            #expect(health.log.text.contains("no longer listens on unix:\(path)"))
            let second = try bench.relay("-c", file)
            _ = try await second.log.line(with: "listening")
            first.send(SIGTERM)
            #expect(try await first.exitStatus() == 0)
            #expect(try await Self.isWell(bench, path))
            second.send(SIGTERM)
            #expect(try await second.exitStatus() == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    /// The same where a reload gives the address up.
    @Test func reloadRemovesOnlyItsOwn() async throws {
        try await withBench { bench in
            let (_, path, file) = try Self.file(bench)
            let relay = try bench.relay("-c", file)
            _ = try await relay.log.line(with: "listening", path)
            unlink(path)
            _ = try Self.listener(bench, path)
            let identity = try Self.identity(path)
            try "listen: 127.0.0.1:0\n\(Self.source)".write(toFile: file, atomically: true, encoding: .utf8)
            relay.send(SIGHUP)
            _ = try await relay.log.line(with: "no longer listening", path)
            #expect(try Self.identity(path) == identity)
        }
    }

    /// Of relays that find a leftover at the same time one gets it, and that one keeps it.
    @Test func leftoverIsTakenByOne() async throws {
        try await withBench { bench in
            for _ in 0..<10 {
                let (_, path, file) = try Self.file(bench)
                try Self.leave(path)
                let relays = try (0..<4).map { _ in try bench.relay("-c", file) }
                try await eventually("three have ended") { relays.count { !$0.isRunning } == 3 }
                let winner = try #require(relays.first { $0.isRunning })
                _ = try await winner.log.line(with: "listening")
                for relay in relays where !relay.isRunning {
                    #expect(try await relay.exitStatus() == 1)
                    #expect(relay.log.text.contains("address already in use"))
                }
                #expect(try await Self.isWell(bench, path))
                winner.send(SIGTERM)
                #expect(try await winner.exitStatus() == 0)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }
}
