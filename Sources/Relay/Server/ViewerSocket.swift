import Glibc
import NIOCore

/// The socket of a viewer's connection, asked and written past the channel; on the channel's event loop, while it is active.
struct ViewerSocket {
    /// Nil for a channel that is no socket.
    private let descriptor: NIOBSDSocket.Handle?
    private let queueRequest: UInt

    init(_ channel: any Channel) {
        descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        // TCP: what has never been sent (SIOCOUTQNSD, linux/sockios.h); what is under way counts as gone, or a long way would
        // look like a slow one. A local socket: what its reader has not read.
        queueRequest = channel.localAddress?.protocol == .unix ? UInt(TIOCOUTQ) : 0x894B
    }

    /// What the kernel has taken and not sent, in bytes; 0 where it does not say.
    var unsentBytes: Int {
        guard let descriptor else { return 0 }
        var bytes: CInt = 0
        guard ioctl(descriptor, queueRequest, &bytes) == 0 else { return 0 }
        return Int(bytes)
    }

    /// Gives the kernel as much of `bytes` as it takes now, and removes that from them. Nothing may wait in the channel.
    ///
    /// The way through the channel costs 5000 instructions more, and as many cache misses as the connection has objects: after
    /// the kernel has copied a frame, none of them is in the processor's cache. Errors are left to the channel, which meets them
    /// when it sends the rest.
    func send(_ bytes: inout ByteBuffer) {
        guard let descriptor else { return }
        let count = bytes.withUnsafeReadableBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        if count > 0 { bytes.moveReaderIndex(forwardBy: count) }
    }
}

extension Channel {
    /// Bytes written to this channel that the kernel has not taken yet; on the channel's event loop.
    var bufferedBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
