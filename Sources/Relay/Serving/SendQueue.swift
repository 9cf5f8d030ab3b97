import Glibc
import NIOCore

/// What the kernel holds of a connection's bytes; any transport. To be asked on the channel's event loop, while the channel is active.
struct SendQueue {
    /// Nil for a channel that is no socket.
    private let descriptor: NIOBSDSocket.Handle?
    private let isTCP: Bool

    init(_ channel: any Channel) {
        descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        isTCP = channel.localAddress?.protocol != .unix
    }

    /// Bytes that a next frame would wait behind; 0 where the kernel does not say.
    ///
    /// TCP: what has never been sent; what is under way counts as gone, or a long way would look like a slow one. For a viewer
    /// that `mayBeSlow`, also what waits in a queue on the way, as before a slow link. A local socket: what its reader has not read.
    func backlog(mayBeSlow: Bool) -> Int {
        if let descriptor, isTCP, mayBeSlow, let path = TCPPath(descriptor) { return path.backlog }
        // SIOCOUTQNSD (linux/sockios.h) has no name in Glibc.
        return isTCP ? count(0x894B) : unacknowledged
    }

    /// Bytes that the other side has not taken: unsent or under way with TCP, unread with a local socket (in the kernel's measure,
    /// which is more than the bytes).
    var unacknowledged: Int { count(UInt(TIOCOUTQ)) }

    private func count(_ question: UInt) -> Int {
        var bytes: CInt = 0
        guard let descriptor, ioctl(descriptor, question, &bytes) == 0 else { return 0 }
        return Int(bytes)
    }
}
