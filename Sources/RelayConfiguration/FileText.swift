import Glibc
import Text

/// Reads the files of a configuration: the configuration itself, and files with passwords.
enum FileText {
    /// The bytes of a regular file, at most one more than the limit.
    static func contents(of path: String, limit: Int) throws(TextError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TextError(message: status.st_mode & S_IFMT == S_IFDIR ? "this is a directory, not a file" : "this is not a regular file")
        }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                let rest = buffer[filled...]
                return read(descriptor, UnsafeMutableRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0 else { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    private static func failure(_ code: Int32) -> TextError {
        switch code {
        case ENOENT, ENOTDIR: TextError(message: "there is no such file")
        case EACCES, EPERM: TextError(message: "permission denied")
        case ENXIO: TextError(message: "this is not a regular file")
        default: TextError(message: "cannot be read: \(SystemError.words(code))")
        }
    }
}
