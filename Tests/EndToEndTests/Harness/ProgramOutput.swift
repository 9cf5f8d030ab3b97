import Foundation
import Synchronization
import TestSupport

/// What a program has written so far, collected by a thread of its own so that the program never waits for a test.
final class ProgramOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isAtEnd = false
    }

    private let state = Mutex(State())

    /// Reads `descriptor` to its end and closes it.
    init(reading descriptor: Int32) {
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                state.withLock { $0.bytes += buffer[..<count] }
            }
            state.withLock { $0.isAtEnd = true }
            close(descriptor)
        }
    }

    var isAtEnd: Bool { state.withLock { $0.isAtEnd } }
    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The whole lines so far, and the last one if it has no end yet.
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// Waits for a line that contains `words`, in this order, and returns it.
    func line(with words: String..., within limit: Duration = patience) async throws -> String {
        try await eventually("a line with \(words); there is:\n\(text)", within: limit) {
            // A line that is still being written has no end yet.
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().first { line in
                var rest = line[...]
                return words.allSatisfy { word in
                    guard let range = rest.range(of: word) else { return false }
                    rest = rest[range.upperBound...]
                    return true
                }
            }.map(String.init)
        }
    }
}
