import Glibc
import NIOCore
import NIOPosix

/// The file of a unix socket: taken over from a process that is gone, never from one that lives, and removed only by the one
/// that made it.
struct UnixSocketFile: Sendable {
    /// How long to wait for others who are about to bind in the same folder.
    private static let maxWait = TimeAmount.seconds(1)
    private static let step = TimeAmount.milliseconds(10)

    private let path: String
    private let identity: Identity

    /// What tells a file from another one at the same path.
    private struct Identity: Equatable {
        let device: dev_t
        let number: ino_t

        /// The file at `path` itself, links not followed; nil where there is none.
        init?(path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            number = status.st_ino
        }
    }

    /// Connections that may wait to be accepted.
    private static let backlog: Int32 = 4096

    /// Binds a socket at `path`, which `listen` makes a listening channel of.
    ///
    /// - Throws: `EADDRINUSE` when somebody listens there or the file is no socket, and what `listen` throws.
    static func bind(
        at path: String, on eventLoop: any EventLoop, _ listen: (CInt) async throws -> any Channel
    ) async throws -> (channel: any Channel, file: UnixSocketFile?) {
        // Between a look at the file and the bind another relay could do the same, and take the socket that the first one made.
        let lock = await lockFolder(of: path, on: eventLoop)
        defer { if let lock { Glibc.close(lock) } }
        try makeRoom(at: path)
        // Not bound by NIO, which removes whatever is at the path when it closes a socket that it has bound.
        let descriptor = try boundSocket(path)
        let channel = try await listen(descriptor)
        // NIO asks for 128 where it is given a socket.
        Glibc.listen(descriptor, backlog)
        return (channel, Identity(path: path).map { UnixSocketFile(path: path, identity: $0) })
    }

    /// Whether the file is still the one that was made.
    var isInPlace: Bool { Identity(path: path) == identity }

    /// Removes the file unless it is another one by now. To be called while the socket still listens: nobody takes its place
    /// then.
    func remove() {
        if isInPlace { unlink(path) }
    }

    /// Removes a socket that nobody listens on.
    private static func makeRoom(at path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK, isAbandoned(path) else { throw IOError(errnoCode: EADDRINUSE, reason: "bind") }
        unlink(path)
    }

    /// Whether the socket's process is gone. One that is too busy to take a connection, refuses this user or is of another type
    /// is alive.
    private static func isAbandoned(_ path: String) -> Bool {
        guard let descriptor = try? makeSocket() else { return false }
        defer { Glibc.close(descriptor) }
        return withAddress(path) { connect(descriptor, $0, $1) } != 0 && errno == ECONNREFUSED
    }

    private static func boundSocket(_ path: String) throws -> CInt {
        let descriptor = try makeSocket()
        guard withAddress(path, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
            let error = IOError(errnoCode: errno, reason: "bind")
            Glibc.close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func makeSocket() throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        return descriptor
    }

    /// Calls `body` with the address of `path`; -1 and ENAMETOOLONG where the path does not fit into one.
    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Locks the folder against other relays until the descriptor is closed; nil where that cannot be had in time, as when the
    /// folder may not be read or somebody else holds such a lock.
    private static func lockFolder(of path: String, on eventLoop: any EventLoop) async -> Int32? {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        let deadline = NIODeadline.now() + maxWait
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, .now() < deadline,
                (try? await eventLoop.scheduleTask(in: step) {}.futureResult.get()) != nil
            else {
                Glibc.close(descriptor)
                return nil
            }
        }
        return descriptor
    }
}
