import Glibc
import NIOCore

/// The socket of a viewer's connection, asked and written past the channel; on the channel's event loop, while it is active.
struct ViewerSocket {
    /// Nil for a channel that is no socket.
    private let descriptor: NIOBSDSocket.Handle?
    private let isTCP: Bool

    init(_ channel: any Channel) {
        descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        isTCP = channel.localAddress?.protocol != .unix
    }

    /// Bytes with the kernel that a next frame would wait behind; 0 where it does not say.
    ///
    /// TCP: what has never been sent; what is under way counts as gone, or a long way would look like a slow one. For a viewer
    /// that `mayBeSlow`, also what waits in a queue on the way, as before a slow link.
    /// Age of the picture behind 3 Mbit/s with a queue of 64 KB, 30 frames/s of 50 KB, p50 and p99: 218 and 345 ms without
    /// that. A local socket: what its reader has not read.
    func backlog(mayBeSlow: Bool) -> Int {
        guard let descriptor else { return 0 }
        if isTCP, mayBeSlow, let way = TCPWay(descriptor) { return way.backlog }
        var bytes: CInt = 0
        // SIOCOUTQNSD (linux/sockios.h) has no name in Glibc.
        guard ioctl(descriptor, isTCP ? 0x894B : UInt(TIOCOUTQ), &bytes) == 0 else { return 0 }
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
