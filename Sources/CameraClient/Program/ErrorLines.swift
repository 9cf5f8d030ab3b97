import Synchronization
import Text

/// Cuts a program's standard error into lines for the log: bounded, clean, and without logins.
final class ErrorLines: Sendable {
    /// A line is cut here, in Unicode scalars.
    static let maxLength = 400
    /// Of a longer line, in bytes, the rest is not read.
    private static let maxBytes = 4096

    private struct State {
        var line: [UInt8] = []
        var last: String?
    }

    private let secrets: Secrets
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(hiding secrets: Secrets, log: @escaping @Sendable (String) -> Void) {
        self.secrets = secrets
        self.log = log
    }

    /// The newest line that says something, nil before the first.
    var last: String? { state.withLock { $0.last } }

    /// Takes the next bytes; CR ends a line too, since progress is shown with it.
    func take(_ bytes: UnsafeRawBufferPointer) {
        let lines = state.withLock { state in
            var lines: [String] = []
            for byte in bytes {
                guard byte == 0x0A || byte == 0x0D else {
                    if state.line.count < Self.maxBytes { state.line.append(byte) }
                    continue
                }
                let line = Self.withoutLogins(String(decoding: state.line, as: UTF8.self))
                let text = CameraText(line, hiding: secrets, limit: Self.maxLength, isCut: state.line.count == Self.maxBytes).shown
                state.line.removeAll(keepingCapacity: true)
                guard text.contains(where: { $0 != " " }) else { continue }
                state.last = text
                lines.append(text)
            }
            return lines
        }
        for line in lines { log(line) }
    }

    /// Replaces `user:password@` in addresses; the password may hold anything but a blank or a quote.
    static func withoutLogins(_ text: String) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        let mark = Array("://".utf8)
        while !rest.isEmpty {
            guard rest.starts(with: mark) else {
                result.append(rest.removeFirst())
                continue
            }
            rest = rest.dropFirst(mark.count)
            result += mark
            let address = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") }
            if let at = address.lastIndex(of: UInt8(ascii: "@")) {
                result += "***".utf8
                rest = rest[at...]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
