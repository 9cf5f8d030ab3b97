import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// Turns names into addresses without blocking anyone, and remembers them: a name is looked up once for all who ask meanwhile.
///
/// The system's look-up cannot be interrupted: each has a thread of its own, and one that hangs is left behind and keeps its thread
/// until it returns. Its answer, however late, serves the next who asks, and so do the last good addresses while a look-up hangs or
/// fails. Look-ups that hang keep no other waiting: after ``Limits/slowAfter`` they no longer count as ones that begin, after
/// ``Limits/hungAfter`` they do not count at all, and names that hung the last time come after all other names.
package final class HostResolver: Sendable {
    /// How many look-ups run at once.
    struct Limits {
        /// Look-ups that have just begun.
        var fresh = 16
        /// From then on a look-up is slow.
        var slowAfter = TimeAmount.milliseconds(500)
        /// All look-ups, slow ones too, but for those that have hung. A thread that waits takes a few pages and a socket.
        var all = 256
        /// From then on a look-up has hung, and counts no longer; at most ``names`` can.
        var hungAfter = TimeAmount.seconds(2)
        /// Look-ups of names that were slow the last time.
        var known = 192
        /// So long an answer is good for all who ask again.
        var answerAge = TimeAmount.seconds(5)
        /// Names that are remembered.
        var names = 1024
    }

    /// A name's addresses, or why there are none.
    typealias Outcome = Result<[SocketAddress], LookupFailure>

    /// The system's reason for not finding a name.
    struct LookupFailure: Error, Equatable {
        /// A `getaddrinfo` error number.
        let code: Int32
        /// Whether the local network was asked too.
        var askedMulticast = false

        /// Whether the name may be found a moment later. A failure on the local network always is such a one: nobody there answers that a
        /// name does not exist.
        var isTemporary: Bool { code != EAI_NONAME || askedMulticast }
    }

    /// One who waits for an answer.
    struct Ticket: Hashable, Sendable {
        fileprivate let host: String
        fileprivate let number: UInt64
    }

    private struct Waiting: Sendable {
        let number: UInt64
        let port: Int
        let answer: @Sendable (Outcome) -> Void
    }

    private struct Name {
        /// Those who wait for the look-up in progress, or for its turn.
        var waiting: [Waiting] = []
        var isRunning = false
        /// When the look-up in progress began.
        var began = NIODeadline.now()
        var wasSlow = false
        /// The last good addresses, and when they came.
        var addresses: [SocketAddress] = []
        var answered: NIODeadline?
        /// The address that was connected last.
        var preferred: SocketAddress?
        var lastAsked = NIODeadline.now()
    }

    private struct State {
        var names: [String: Name] = [:]
        /// Names whose look-up waits for its turn.
        var queue: [String] = []
        var nextNumber: UInt64 = 0
    }

    private let limits: Limits
    private let state = Mutex(State())
    private let system: @Sendable (String, Int) -> Outcome

    /// `system` does the look-up, on a thread that it may block; tests bring their own.
    init(limits: Limits = Limits(), system: @escaping @Sendable (String, Int) -> Outcome) {
        self.limits = limits
        self.system = system
    }

    /// Asks the system's resolver, and for a name that ends in `.local` the local network beside it.
    package convenience init() {
        self.init(multicast: MulticastDNS())
    }

    /// Asks as above, the local network as `multicast` says.
    convenience init(multicast: MulticastDNS) {
        self.init(system: { host, port in
            guard MulticastDNS.isLocal(host) else { return SystemLookup.addresses(of: host, port: port) }
            return LocalLookup(multicast: multicast.addresses).addresses(of: host, port: port)
        })
    }

    /// Look-ups in progress now; each holds a thread and a socket.
    package var running: Int { state.withLock { $0.names.values.count { $0.isRunning } } }

    /// Looks a name up; `answer` is called once, on some thread, possibly much later or before this returns.
    @discardableResult
    func lookUp(host: String, port: Int, answer: @escaping @Sendable (Outcome) -> Void) -> Ticket {
        let now = NIODeadline.now()
        let key = host.lowercased()
        let (ticket, known) = state.withLock { state -> (Ticket, [SocketAddress]?) in
            state.nextNumber += 1
            let ticket = Ticket(host: key, number: state.nextNumber)
            var name = state.names[key] ?? Name()
            defer { state.names[key] = name }
            name.lastAsked = now
            if let answered = name.answered, now - answered < limits.answerAge { return (ticket, Self.ordered(name, port: port)) }
            name.waiting.append(Waiting(number: ticket.number, port: port, answer: answer))
            if !name.isRunning, name.waiting.count == 1 { state.queue.append(key) }
            return (ticket, nil)
        }
        if let known {
            answer(.success(known))
        } else {
            startNext()
        }
        return ticket
    }

    /// Waits no longer; what the look-up finds is remembered all the same.
    func cancel(_ ticket: Ticket) {
        state.withLock { state in
            state.names[ticket.host]?.waiting.removeAll { $0.number == ticket.number }
            guard state.names[ticket.host]?.waiting.isEmpty == true else { return }
            state.queue.removeAll { $0 == ticket.host }
        }
    }

    /// The last good addresses of a name, for one whose look-up takes long; empty where there are none.
    func lastAddresses(host: String, port: Int) -> [SocketAddress] {
        state.withLock { state in state.names[host.lowercased()].map { Self.ordered($0, port: port) } ?? [] }
    }

    /// A connection was made to one of a name's addresses: that one is tried first from now on.
    func note(host: String, worked address: SocketAddress) {
        state.withLock { $0.names[host.lowercased()]?.preferred = address }
    }

    /// Starts the look-ups that may start now, and tries again later where some have to wait.
    private func startNext() {
        while let (host, port) = takeNext() {
            let started = DetachedThread.start {
                self.finish(host, self.system(host, port))
            }
            if !started { finish(host, .failure(LookupFailure(code: EAI_AGAIN))) }
        }
        guard state.withLock({ !$0.queue.isEmpty }) else { return }
        MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: limits.slowAfter) { self.startNext() }
    }

    private func takeNext() -> (host: String, port: Int)? {
        let now = NIODeadline.now()
        return state.withLock { state in
            guard !state.queue.isEmpty else { return nil }
            let running = state.names.values.filter(\.isRunning)
            let fresh = running.count { now - $0.began < limits.slowAfter }
            let counted = running.count { now - $0.began < limits.hungAfter }
            guard fresh < limits.fresh, counted < limits.all, running.count < limits.names else { return nil }
            // Some places are only for names that did not hang the last time.
            let hasRoomForSlow = running.count < limits.known && fresh < max(1, limits.fresh - limits.fresh / 4)
            let place = state.queue.firstIndex { state.names[$0]?.wasSlow != true }
            guard let place = place ?? (hasRoomForSlow ? state.queue.indices.first : nil) else { return nil }
            let host = state.queue.remove(at: place)
            guard let port = state.names[host]?.waiting.first?.port else { return nil }
            state.names[host]?.isRunning = true
            state.names[host]?.began = now
            return (host, port)
        }
    }

    /// Takes an answer, however late, and gives it to all who wait.
    private func finish(_ host: String, _ outcome: Outcome) {
        let now = NIODeadline.now()
        let (waiting, name) = state.withLock { state -> ([Waiting], Name) in
            var name = state.names[host] ?? Name()
            name.isRunning = false
            name.wasSlow = now - name.began >= limits.slowAfter
            switch outcome {
            case .success(let addresses):
                name.addresses = addresses
                name.answered = addresses.isEmpty ? nil : now
            case .failure(let failure):
                name.answered = nil
                if !failure.isTemporary { name.addresses = [] }
            }
            let waiting = name.waiting
            name.waiting = []
            state.names[host] = name
            Self.forgetOldest(&state, limits.names)
            return (waiting, name)
        }
        for one in waiting {
            if case .failure = outcome, name.addresses.isEmpty {
                one.answer(outcome)
            } else {
                one.answer(.success(Self.ordered(name, port: one.port)))
            }
        }
        startNext()
    }

    private static func forgetOldest(_ state: inout State, _ limit: Int) {
        while state.names.count > limit {
            let idle = state.names.filter { !$0.value.isRunning && $0.value.waiting.isEmpty }
            guard let oldest = idle.min(by: { $0.value.lastAsked < $1.value.lastAsked }) else { return }
            state.names[oldest.key] = nil
        }
    }

    /// A name's addresses with a port, the one that worked first.
    private static func ordered(_ name: Name, port: Int) -> [SocketAddress] {
        let preferred = name.preferred?.ipAddress
        let addresses = name.addresses.map { address in
            var address = address
            address.port = port
            return address
        }
        return addresses.filter { $0.ipAddress == preferred } + addresses.filter { $0.ipAddress != preferred }
    }
}
