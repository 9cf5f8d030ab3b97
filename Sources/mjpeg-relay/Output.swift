import Glibc

/// Writes lines for the person at the terminal, outside the log.
enum Output {
    /// Writes a text to standard error; long lines, which repeat what a file or a camera says, are cut.
    static func complain(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        write(lines.map { String($0).cut }.joined(separator: "\n"), to: STDERR_FILENO)
    }

    /// Writes a line to standard output.
    static func say(_ line: String) {
        write(line, to: STDOUT_FILENO)
    }

    private static func write(_ line: String, to descriptor: Int32) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
