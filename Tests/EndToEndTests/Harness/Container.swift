import Foundation
import TestSupport
import Testing

/// A relay alone in namespaces of its own, where it is process 1: what it is in a container, without one.
struct Container: Sendable {
    /// Whether this machine lets us make such namespaces.
    static let isPossible: Bool = {
        guard let process = try? ChildProcess("unshare", ["--fork", "--pid", "--mount-proc", "--net", "true"]) else { return false }
        while process.exitStatusSoFar == nil { usleep(1000) }
        return process.exitStatusSoFar == 0
    }()

    private let bench: Bench
    private let starter: ChildProcess
    /// Process 1, as it is called outside.
    let pid: pid_t
    private let user: [String]

    /// The relay's log.
    var log: ProgramOutput { starter.errors }

    /// Starts the relay with `arguments`; inside the network of `pod` where there is one, as `user` where one is named, with
    /// `wrapper` as the command before the relay's.
    init(
        _ bench: Bench, _ arguments: [String], sharingNetworkOf pod: Container? = nil, user: Int? = nil, folder: String = "/",
        wrapper: [String] = []
    ) async throws {
        self.bench = bench
        self.user = user.map { ["setpriv", "--reuid", "\($0)", "--regid", "\($0)", "--clear-groups"] } ?? []
        let namespaces = ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"] + (pod == nil ? ["--net"] : [])
        let network = pod.map { ["nsenter", "--target", "\($0.pid)", "--net"] } ?? []
        let command = network + namespaces + self.user + wrapper + [RelayProcess.binary] + arguments
        let starter = try ChildProcess(command[0], Array(command.dropFirst()), folder: folder)
        bench.atEnd { starter.end() }
        self.starter = starter
        // Both programs before the relay become the next one; unshare alone stays, as the parent of process 1.
        pid = try await eventually("process 1; there is:\n\(starter.errors.text)") {
            let children = try String(contentsOfFile: "/proc/\(starter.pid)/task/\(starter.pid)/children", encoding: .utf8)
            return pid_t(children.split(separator: " ").first ?? "")
        }
        _ = try await log.line(with: "listening")
    }

    /// Runs a program inside, as the relay's user, to its end.
    func run(_ command: [String], folder: String = "/") async throws -> (status: Int32, output: String, errors: String) {
        let enter = ["nsenter", "--target", "\(pid)", "--pid", "--mount", "--net", "--wd=\(folder)"] + user + command
        let process = try ChildProcess(enter[0], Array(enter.dropFirst()))
        bench.atEnd { process.end() }
        return (try await process.exitStatus(), process.output.text, process.errors.text)
    }

    /// Runs `mjpeg-relay health` inside.
    func health(_ arguments: String..., folder: String = "/") async throws -> (status: Int32, output: String, errors: String) {
        try await run([RelayProcess.binary, "health"] + arguments, folder: folder)
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Waits for the relay's end.
    func exitStatus() async throws -> Int32 { try await starter.exitStatus() }
}
