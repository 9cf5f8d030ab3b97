import Foundation
import TestSupport

/// A configuration file that a test changes while the relay runs.
struct ChangingFile: Sendable {
    let path: String

    /// A new file with this text.
    init(_ bench: Bench, _ text: String) throws {
        path = try bench.file(named: "relay.yaml", text: text)
    }

    /// Puts a new file in the place of the old one, as editors do.
    func write(_ text: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

extension RelayProcess {
    /// How often the log says that a reload has ended, well or not.
    var reloads: Int {
        log.lines.count { $0.contains("configuration reloaded") || $0.contains("configuration is not reloaded") }
    }

    /// Has the relay read its file again, and waits until it says that it has.
    func reload() async throws {
        let before = reloads
        send(SIGHUP)
        try await eventually("a reload; the log:\n\(log.text)") { reloads > before }
    }
}
