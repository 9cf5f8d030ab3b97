import Glibc
import NIOCore
import Pacing

/// What the kernel holds of a connection's bytes; any transport. To be asked on the channel's event loop, while the channel is active.
struct SendQueue {
    /// Nil for a channel that is no socket.
    private let descriptor: NIOBSDSocket.Handle?
    private let isTCP: Bool

    init(_ channel: any Channel) {
        descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        isTCP = channel.localAddress?.protocol != .unix
    }

    /// What the kernel knows of what was sent. Of a local socket: what its reader has not read. Where `TCP_INFO` is not to be had,
    /// only what has never been sent.
    var sample: PathSample {
        guard let descriptor, isTCP else { return PathSample(unsent: isTCP ? 0 : unacknowledged) }
        // SIOCOUTQNSD (linux/sockios.h) has no name in Glibc.
        return PathSample(descriptor) ?? PathSample(unsent: count(0x894B))
    }

    /// Bytes that the kernel has taken and that a next frame would wait behind, whatever the path.
    var unsent: Int { isTCP ? count(0x894B) : unacknowledged }

    /// Bytes that the other side has not taken: unsent or under way with TCP, unread with a local socket (in the kernel's measure,
    /// which is more than the bytes).
    var unacknowledged: Int { count(UInt(TIOCOUTQ)) }

    private func count(_ question: UInt) -> Int {
        var bytes: CInt = 0
        guard let descriptor, ioctl(descriptor, question, &bytes) == 0 else { return 0 }
        return Int(bytes)
    }
}
