import Foundation
import Synchronization
import TestSupport
import Testing

/// What one test has set up: cameras, relays, viewers, folders. All of it ends with the test, however the test ends.
final class Bench: Sendable {
    private struct State {
        var relays: [RelayProcess] = []
        var endings: [@Sendable () async -> Void] = []
    }

    private let state = Mutex(State())

    /// A camera; without a script, the test itself answers on each connection.
    func camera(_ script: @escaping TestCamera.Script = { _ in }) async throws -> TestCamera {
        let camera = try await TestCamera.start(script: script)
        atEnd { await camera.goAway() }
        return camera
    }

    /// The relay with these arguments.
    func relay(_ arguments: String..., folder: String? = nil, environment: [String: String] = [:]) throws -> RelayProcess {
        try relay(arguments, folder: folder, environment: environment)
    }

    /// The relay with these arguments.
    func relay(
        _ arguments: [String], folder: String? = nil, environment: [String: String] = [:], maxOpenFiles: Int? = nil
    ) throws -> RelayProcess {
        let relay = try RelayProcess(arguments, folder: folder, environment: environment, maxOpenFiles: maxOpenFiles)
        state.withLock { $0.relays.append(relay) }
        atEnd { relay.end() }
        return relay
    }

    /// The relay in single-URL mode, on a port that the system chooses, for a camera.
    func relay(for camera: TestCamera) throws -> RelayProcess {
        try relay("-d", "-p", "0", camera.url)
    }

    /// The relay with a configuration file of this text.
    func relay(configuration: String, environment: [String: String] = [:]) throws -> RelayProcess {
        let file = try self.file(named: "relay.yaml", text: configuration)
        return try relay("-d", "-c", file, environment: environment)
    }

    /// The relay with a file that the test changes while it runs.
    func relay(reading file: ChangingFile) throws -> RelayProcess {
        try relay("-d", "-c", file.path)
    }

    /// A connection to the relay's listener at `index`.
    func viewer(
        of relay: RelayProcess, listener index: Int = 0, reading: TestConnection.Reading = .atOnce, trusting authority: String? = nil
    ) async throws -> TestViewer {
        let viewer = try await TestViewer.open(port: relay.port(index), reading: reading, trusting: authority)
        atEnd { await viewer.close() }
        return viewer
    }

    /// A viewer who has asked for a stream and has the opening delimiter.
    func watch(_ path: String = "/stream", of relay: RelayProcess, listener index: Int = 0) async throws -> TestViewer {
        let viewer = try await self.viewer(of: relay, listener: index)
        try await viewer.ask(path)
        try await viewer.openStream()
        return viewer
    }

    /// One request on a connection of its own.
    func get(
        _ target: String, from relay: RelayProcess, method: String = "GET", _ fields: [String] = [], listener index: Int = 0
    ) async throws -> HTTPReply {
        let viewer = try await self.viewer(of: relay, listener: index)
        try await viewer.ask(target, method: method, fields)
        let reply = try await viewer.reply(isHead: method == "HEAD")
        await viewer.close()
        return reply
    }

    /// Waits until a source's status satisfies `condition`.
    @discardableResult
    func status(of relay: RelayProcess, path: String = "/status", until condition: (SourceReply) -> Bool) async throws -> SourceReply {
        try await eventually("the status wanted; the relay's log:\n\(relay.log.text)") {
            let status = try await get("\(path)?format=json", from: relay).json(SourceReply.self)
            return condition(status) ? status : nil
        }
    }

    /// Another program.
    func program(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws -> ChildProcess {
        let program = try ChildProcess(name, arguments, environment: environment)
        atEnd { program.end() }
        return program
    }

    /// A new empty folder.
    func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mjpeg-relay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atEnd { try? FileManager.default.removeItem(at: folder) }
        return folder.path
    }

    /// A new file in a folder of its own; returns its path.
    func file(named name: String, text: String) throws -> String {
        let path = try folder() + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func atEnd(_ ending: @escaping @Sendable () async -> Void) {
        state.withLock { $0.endings.append(ending) }
    }

    fileprivate func end() async {
        for ending in state.withLock({ $0.endings }).reversed() { await ending() }
    }

    fileprivate var logs: String { state.withLock { $0.relays }.map(\.log.text).joined(separator: "\n---\n") }
}

/// Runs a test's body with a bench, in its turn; a failure that is thrown is reported with the relays' logs.
func withBench(_ body: @Sendable (Bench) async throws -> Void) async throws {
    await Turnstile.tests.enter()
    defer { Turnstile.tests.leave() }
    let bench = Bench()
    do {
        try await body(bench)
        await bench.end()
    } catch {
        let logs = bench.logs
        await bench.end()
        if !logs.isEmpty { Issue.record("the relay's log:\n\(logs)") }
        throw error
    }
}
