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
    private var buffer = [epoll_event](repeating: epoll_event(), count: 512)

    init() throws(Problem) {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw Problem(system: "epoll_create1") }
    }

    func add(_ socket: Socket, writable: Bool = false) { control(EPOLL_CTL_ADD, socket, writable) }

    func watch(_ socket: Socket, writable: Bool) { control(EPOLL_CTL_MOD, socket, writable) }

    func remove(_ socket: Socket) { epoll_ctl(descriptor, EPOLL_CTL_DEL, socket.descriptor, nil) }

    /// Waits until something is ready, or until `deadline` on the monotonic clock.
    func wait(until deadline: UInt64?, _ body: (Event) throws(Problem) -> Void) throws(Problem) {
        // Without a deadline, an hour: nobody waits longer.
        let now = Clock.now
        let time = deadline.map { $0 > now ? $0 - now : 0 } ?? 3_600_000_000_000
        var timeout = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        let count = epoll_pwait2(descriptor, &buffer, CInt(buffer.count), &timeout, nil)
        guard count >= 0 || errno == EINTR else { throw Problem(system: "epoll_pwait2") }
        for index in 0..<max(0, Int(count)) {
            let event = buffer[index]
            let readable = EPOLLIN.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
            try body(
                Event(
                    descriptor: event.data.fd, isReadable: event.events & readable != 0,
                    isWritable: event.events & EPOLLOUT.rawValue != 0))
        }
    }

    private func control(_ operation: CInt, _ socket: Socket, _ writable: Bool) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (writable ? EPOLLOUT.rawValue : 0)
        event.data.fd = socket.descriptor
        epoll_ctl(descriptor, operation, socket.descriptor, &event)
    }
}
