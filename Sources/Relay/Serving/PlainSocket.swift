import Glibc
import NIOCore

/// The socket of a connection whose bytes leave as they are: it is written past the channel, and can move to another event loop.
///
/// To be used on the channel's event loop, while the channel is active.
struct PlainSocket {
    private let descriptor: NIOBSDSocket.Handle

    /// Nil for a wrapped transport, and for a channel that is no socket.
    init?(_ channel: any Channel, _ transport: Transport) {
        guard case .plain = transport,
            let descriptor = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self, { $0 })
        else { return nil }
        self.descriptor = descriptor
    }

    /// Gives the kernel as much of `bytes` as it takes now, and removes that from them. Nothing may wait in the channel.
    ///
    /// The way through the channel costs 5000 instructions more, and as many cache misses as the connection has objects: after
    /// the kernel has copied a frame, none of them is in the processor's cache. Errors are left to the channel, which meets them
    /// when it sends the rest.
    func send(_ bytes: inout ByteBuffer) {
        let count = bytes.withUnsafeReadableBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
        if count > 0 { bytes.moveReaderIndex(forwardBy: count) }
    }

    /// The same for two buffers one behind the other, with one call.
    func send(_ first: inout ByteBuffer, _ second: inout ByteBuffer) {
        let count = first.withUnsafeReadableBytes { first in
            second.withUnsafeReadableBytes { second in
                withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { vectors in
                    vectors.initializeElement(
                        at: 0, to: iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count))
                    vectors.initializeElement(
                        at: 1, to: iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count))
                    var message = msghdr()
                    message.msg_iov = vectors.baseAddress
                    message.msg_iovlen = 2
                    return sendmsg(descriptor, &message, CInt(MSG_NOSIGNAL))
                }
            }
        }
        guard count > 0 else { return }
        let ofFirst = min(count, first.readableBytes)
        first.moveReaderIndex(forwardBy: ofFirst)
        second.moveReaderIndex(forwardBy: count - ofFirst)
    }

    /// A second descriptor of the same socket, nil where none is to be had; the caller owns it.
    func duplicate() -> NIOBSDSocket.Handle? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }
}
