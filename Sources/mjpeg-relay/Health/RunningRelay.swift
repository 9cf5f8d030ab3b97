import Glibc

/// A relay that runs on this machine, and its answer through its ``HealthSocket``.
final class RunningRelay {
    /// How close a relay is to this process, by the kernel's word. A closer relay has a lower value.
    enum Nearness: Int, Comparable {
        /// The same process and mount namespaces: the same container, or the same machine without a container.
        case sameContainer
        /// The same process namespace, or a namespace that this process may not inspect.
        case sameProcesses
        /// A process namespace inside this one, as a container is on its host.
        case inside
        /// The relay's process cannot be seen: another container that shares the network.
        case elsewhere

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// The relay's process; nil where this process cannot see it.
    let pid: pid_t?
    let nearness: Nearness
    let isOtherUser: Bool
    /// The relay's answer; nil until the answer is complete.
    private(set) var answer: HealthAnswer?

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var isOver = false

    /// Connects to the socket of this name; nil where no relay has the name.
    private init?(name: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        guard LocalSocket.withAddress(name, { connect(descriptor, $0, $1) }) == 0 || errno == EAGAIN else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        // Process, user and group of the listener, in this order (socket(7), SO_PEERCRED). The process is missing where connecting would
        // block, because the relay has not answered for a very long time.
        var peer: (pid: pid_t, user: uid_t, group: gid_t) = (0, uid_t.max, gid_t.max)
        var length = socklen_t(MemoryLayout.size(ofValue: peer))
        getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length)
        pid = peer.pid > 0 ? peer.pid : nil
        isOtherUser = peer.user != geteuid()
        nearness = Self.nearness(of: pid)
    }

    deinit { close(descriptor) }

    /// Every relay that can be found.
    static func all() -> [RunningRelay] { HealthSocket.names.compactMap { RunningRelay(name: $0) } }

    /// The nearest of `relays`. Of equally near relays, those of this process's user, if there are any.
    static func nearest(of relays: [RunningRelay]) -> [RunningRelay] {
        let place = relays.map(\.nearness).min()
        let near = relays.filter { $0.nearness == place }
        let own = near.filter { !$0.isOtherUser }
        return own.isEmpty ? near : own
    }

    /// Reads the answers of `relays` until all are there, `isEnough` accepts one, or the time is over.
    static func ask(_ relays: [RunningRelay], until deadline: ContinuousClock.Instant, isEnough: (HealthAnswer) -> Bool) {
        while true {
            let waiting = relays.filter { !$0.isOver }
            let left = (deadline - .now) / .milliseconds(1)
            guard !waiting.isEmpty, left > 0 else { return }
            var polls = waiting.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            guard poll(&polls, nfds_t(polls.count), Int32(left.rounded(.up))) > 0 else { continue }
            for (relay, poll) in zip(waiting, polls) where poll.revents != 0 {
                relay.read()
                if let answer = relay.answer, isEnough(answer) { return }
            }
        }
    }

    /// Takes the bytes that have come.
    private func read() {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0, received.count + count <= HealthAnswer.maxLength else {
            isOver = true
            answer = HealthAnswer(String(decoding: received, as: UTF8.self))
            return
        }
        received += piece[..<count]
    }

    private static func nearness(of pid: pid_t?) -> Nearness {
        guard let pid else { return .elsewhere }
        // The numbers in /proc are the kernel's only if /proc belongs to this process's namespace.
        guard link("/proc/self") == String(getpid()), let own = link("/proc/self/ns/pid"), let other = link("/proc/\(pid)/ns/pid") else {
            return .sameProcesses
        }
        guard own == other else { return .inside }
        return link("/proc/self/ns/mnt") == link("/proc/\(pid)/ns/mnt") ? .sameContainer : .sameProcesses
    }

    /// The target of a symbolic link; nil where there is no link, or it may not be read.
    private static func link(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 128)
        let count = target.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? 0
        }
        return count > 0 ? String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
