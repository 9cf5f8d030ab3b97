import Foundation
import Synchronization
import TestSupport

/// A program that a test runs: its output is collected, its exit awaited, its end certain.
final class ChildProcess: Sendable {
    let name: String
    let output: ProgramOutput
    let errors: ProgramOutput
    let pid: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts `program` (a path, or a name to be found in PATH) in `folder`, with `environment` added to ours.
    init(_ program: String, _ arguments: [String], folder: String? = nil, environment: [String: String] = [:]) throws {
        name = program
        let output = try OutputPipe()
        let errors = try OutputPipe()
        defer {
            output.closeWriter()
            errors.closeWriter()
        }
        pid = try Spawn.start(
            [program] + arguments, folder: folder,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, output: output.writer, errors: errors.writer)
        self.output = ProgramOutput(reading: output.reader)
        self.errors = ProgramOutput(reading: errors.reader)
        Thread.detachNewThread { [self] in
            var result: Int32 = 0
            while waitpid(pid, &result, 0) < 0, errno == EINTR {}
            // As the shell counts: a signal's number is added to 128.
            let code = result & 0x7F == 0 ? result >> 8 & 0xFF : 128 + result & 0x7F
            status.withLock { $0 = code }
        }
    }

    /// The exit status; nil while the program runs.
    var exitStatusSoFar: Int32? { status.withLock { $0 } }

    /// Sends a signal to the program.
    func send(_ signal: Int32) {
        status.withLock { if $0 == nil { kill(pid, signal) } }
    }

    /// Waits for the end of the program and of its output. 128 and more: ended by a signal.
    func exitStatus(within limit: Duration = patience) async throws -> Int32 {
        let code = try await eventually("\(name) ends", within: limit) { exitStatusSoFar }
        try await eventually("the output of \(name) ends", within: limit) { output.isAtEnd && errors.isAtEnd }
        return code
    }

    /// Ends the program and its children.
    func end() {
        // The group outlives its leader where a child of the program still runs.
        kill(-pid, SIGKILL)
    }
}
