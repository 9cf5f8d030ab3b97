import Foundation
import TestSupport

/// The real binary, started by a test.
struct RelayProcess: Sendable {
    /// Where the binary is: MJPEG_RELAY_BINARY, else beside the tests in the build folder.
    static let binary: String =
        ProcessInfo.processInfo.environment["MJPEG_RELAY_BINARY"]
        ?? URL(filePath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        .deletingLastPathComponent().appending(path: "mjpeg-relay").path

    private let process: ChildProcess

    /// Starts the relay with `arguments` in `folder`, with no more open files than `maxOpenFiles`.
    init(_ arguments: [String], folder: String? = nil, environment: [String: String] = [:], maxOpenFiles: Int? = nil) throws {
        var command = [Self.binary] + arguments
        if let maxOpenFiles { command = ["/bin/sh", "-c", "ulimit -n \(maxOpenFiles); exec \"$0\" \"$@\""] + command }
        process = try ChildProcess(command[0], Array(command.dropFirst()), folder: folder, environment: environment)
    }

    /// What the relay writes to standard error: its log.
    var log: ProgramOutput { process.errors }
    /// What the relay writes to standard output.
    var output: ProgramOutput { process.output }
    /// Whether the relay still runs.
    var isRunning: Bool { process.exitStatusSoFar == nil }

    /// How many sockets the relay has open; timers and the like come with the first use of them and stay.
    var openSockets: Int {
        get throws {
            let folder = "/proc/\(process.pid)/fd"
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
                .count { $0.hasPrefix("socket:") }
        }
    }

    /// How many files the relay has open, of whatever kind.
    var openFiles: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.pid)/fd").count }
    }

    /// Ends the programs that the relay has started.
    func endPrograms() {
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = pid_t(entry), let stat = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
                let close = stat.lastIndex(of: ")"), stat[close...].split(separator: " ").dropFirst(2).first == "\(process.pid)"
            else { continue }
            kill(pid, SIGTERM)
        }
    }

    /// Memory that is the relay's alone (RssAnon), in KiB.
    var privateKiB: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process.pid)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
            return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }
    }

    /// The port of the listener at `index`, in the order of the configuration, once it is bound.
    func port(_ index: Int = 0) async throws -> Int {
        try await eventually("the relay listens; its log:\n\(log.text)") {
            let ports = log.lines.filter { $0.contains("listening") }.compactMap(Self.port(in:))
            guard index < ports.count else {
                if !isRunning { throw EndedEarly(log: log.text) }
                return nil
            }
            return ports[index]
        }
    }

    /// The processor time that the relay has used so far.
    var processorSeconds: Double {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(process.pid)/stat", encoding: .utf8)
            // User and system time are fields 14 and 15; the second, the name, may hold blanks.
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            let ticks = fields.dropFirst(12).prefix(2).compactMap { Double($0) }.reduce(0, +)
            return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
    }

    func send(_ signal: Int32) { process.send(signal) }

    func exitStatus(within limit: Duration = patience) async throws -> Int32 { try await process.exitStatus(within: limit) }

    func end() { process.end() }

    /// The number behind the last colon of `address=[::]:4711` or `"address":"[::]:4711"`.
    private static func port(in line: String) -> Int? {
        guard let address = line.range(of: "address"), let colon = line[address.upperBound...].lastIndex(of: ":") else { return nil }
        return Int(line[line.index(after: colon)...].prefix(while: \.isNumber))
    }

    /// Thrown when the relay ends where a test wants it to run.
    struct EndedEarly: Error, CustomStringConvertible {
        let log: String
        var description: String { "the relay has ended:\n\(log)" }
    }
}
