import Glibc
import NIOCore

/// What a connection's socket has taken and not sent yet.
struct SocketQueue {
    /// Nil for a channel that is no socket.
    private let descriptor: NIOBSDSocket.Handle?
    private let request: UInt

    /// On the channel's event loop; to be asked there too, while the channel is active.
    init(_ channel: any Channel) {
        descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        // TCP: what has never been sent (SIOCOUTQNSD, linux/sockios.h); what is under way counts as gone, or a long way would
        // look like a slow one. A local socket: what its reader has not read.
        request = channel.localAddress?.protocol == .unix ? UInt(TIOCOUTQ) : 0x894B
    }

    /// In bytes; 0 where the system does not say.
    var unsentBytes: Int {
        guard let descriptor else { return 0 }
        var bytes: CInt = 0
        guard ioctl(descriptor, request, &bytes) == 0 else { return 0 }
        return Int(bytes)
    }
}
