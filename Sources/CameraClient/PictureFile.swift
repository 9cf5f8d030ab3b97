import Glibc
import NIOCore
import Text

/// A file of pictures, open for reading from front to back; closed with its last reference.
final class PictureFile: Sendable {
    /// Bytes per read.
    private static let pieceSize = 256 << 10

    private let path: String
    private let descriptor: Int32

    /// Opens a regular file; anything else (a pipe would block for ever) is refused.
    init(path: String) throws(CameraError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, reason: Self.reason(errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path: path, reason: "is no regular file")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The next piece, nil at the end; blocks while the disk does.
    func read() throws(CameraError) -> ByteBuffer? {
        var buffer = ByteBufferAllocator().buffer(capacity: Self.pieceSize)
        var failure: Int32 = 0
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceSize) { space in
            let count = Glibc.read(descriptor, space.baseAddress, Self.pieceSize)
            if count < 0 { failure = errno }
            return max(0, count)
        }
        guard failure == 0 else { throw .file(path: path, reason: Self.reason(failure)) }
        return count > 0 ? buffer : nil
    }

    private static func reason(_ number: Int32) -> String {
        SystemError.message(number)
    }
}
