import Glibc

/// Lines for the person at the terminal, outside the log.
enum Output {
    /// Writes a line to standard error.
    static func complain(_ line: String) {
        write(line, to: STDERR_FILENO)
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
