import CLinux
import Glibc

/// Waits for many sockets at once; each is known by its descriptor.
final class Poller {
    /// What a socket is ready for.
    struct Event {
        let descriptor: CInt
        let isReadable: Bool
        let isWritable: Bool
    }

    private let descriptor: CInt
    private var buffer = [ready_descriptor](repeating: ready_descriptor(), count: 512)

    init() throws(Problem) {
        descriptor = poller_open()
        guard descriptor >= 0 else { throw Problem(system: "epoll_create1") }
    }

    func add(_ socket: Socket, writable: Bool = false) { poller_add(descriptor, socket.descriptor, writable) }

    func watch(_ socket: Socket, writable: Bool) { poller_change(descriptor, socket.descriptor, writable) }

    func remove(_ socket: Socket) { poller_remove(descriptor, socket.descriptor) }

    /// Waits until something is ready, or until `deadline` on the monotonic clock.
    func wait(until deadline: UInt64?, _ body: (Event) throws(Problem) -> Void) throws(Problem) {
        // Without a deadline, an hour: nobody waits longer.
        let now = Clock.now
        let time = deadline.map { $0 > now ? $0 - now : 0 } ?? 3_600_000_000_000
        let count = poller_wait(descriptor, &buffer, CInt(buffer.count), Int64(time))
        guard count >= 0 || errno == EINTR else { throw Problem(system: "epoll_pwait2") }
        for ready in buffer.prefix(max(0, Int(count))) {
            try body(
                Event(descriptor: ready.descriptor, isReadable: ready.is_readable, isWritable: ready.is_writable))
        }
    }
}
