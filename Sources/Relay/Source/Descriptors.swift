import Glibc
import Logging
import NIOCore
import Synchronization

/// Shares out the descriptors that the process may have open, so that their number never comes near the system's limit: event
/// loops, Swift's threads and swift-subprocess end the program when they cannot have one.
///
/// What a source needs while it runs is kept free for it, whether it runs now or not; connections get the rest. All is counted
/// here, and where the process has more open than is known here, the lowest free number tells. Any thread may call it.
final class Descriptors: Sendable {
    /// Never given away: what the system's libraries open for a moment, files, who asks for the relay's health.
    static let reserve = 32
    /// What a run opens later than its start and keeps: threads' queues, the wait for programs.
    private static let later = 12
    /// Connections that there is room for however many sources there are: the status tells what is wrong.
    private static let leastConnections = 8
    /// A shortage that comes and goes is told at most this often.
    private static let silence = TimeAmount.minutes(1)

    private struct State {
        var listeners = 0
        /// Of all sources that are configured.
        var needs = SourceNeeds()
        /// Held by sources, from before their dial to its end.
        var claimed = 0
        var connections = 0
        /// Connections that listeners may accept.
        var places = 0
        /// Has each listener give back places that nobody takes there.
        var holders: [ObjectIdentifier: @Sendable () -> Void] = [:]
        /// Whether they were asked to, since there were enough.
        var isScarce = false
        /// Sources that find no room.
        var waiting = 0
        /// When their waiting was last told, and whether its end was told too.
        var told: NIODeadline?
        var isTold = false

        /// What connections must leave to sources.
        var kept: Int { max(needs.together, claimed) }
    }

    /// The system's limit.
    let limit: Int
    /// What is open besides listeners, sources and connections.
    private let base: Int
    private let lowestFree: @Sendable () -> Int
    private let state = Mutex(State())
    private let logger: Logger

    /// `limit` is the system's, `open` how many are open now, `lowestFree` the number that the next descriptor gets.
    init(
        limit: Int, open: Int = Descriptors.countOpen(), lowestFree: @escaping @Sendable () -> Int = Descriptors.lowestFree,
        logger: Logger
    ) {
        self.limit = limit
        self.lowestFree = lowestFree
        self.logger = logger
        base = open + Self.later
    }

    private var most: Int { limit - Self.reserve }

    // MARK: - The configuration

    /// Takes over what is configured.
    func use(_ needs: SourceNeeds, listeners: Int) {
        let holders = state.withLock { state in
            state.needs = needs
            state.listeners = listeners
            return Array(state.holders.values)
        }
        // They were given while there may have been more room.
        for givePlacesBack in holders { givePlacesBack() }
    }

    /// How many more listeners may be bound, what sources need kept free.
    var roomForListeners: Int {
        state.withLock { state in
            most - base - state.listeners - state.kept - max(state.connections, Self.leastConnections)
        }
    }

    /// How many descriptors all sources need beyond what there can be for them; 0 where they can all run at once.
    var lack: Int {
        state.withLock { state in max(0, base + state.listeners + state.needs.together + Self.leastConnections - most) }
    }

    /// The least limit with which a relay can serve so many listeners from so many event loops, and read one source at a time.
    static func leastLimit(loops: Int, listeners: Int, needs: SourceNeeds) -> Int {
        // The standard three, signals and threads' queues; what each loop waits with, what wakes it, and its timer.
        reserve + 24 + 3 * loops + listeners + leastConnections + needs.largest
    }

    // MARK: - Connections

    /// Adds a listener, which gives the places that it does not need back when it is called.
    func add(_ listener: ObjectIdentifier, givePlacesBack: @escaping @Sendable () -> Void) {
        state.withLock { $0.holders[listener] = givePlacesBack }
    }

    /// Removes a listener that is closed.
    func remove(_ listener: ObjectIdentifier) { state.withLock { $0.holders[listener] = nil } }

    /// Takes places for connections that a listener may accept whenever they come; none while there are not enough for every
    /// listener to have some.
    func takePlaces(atMost count: Int) -> Int {
        let lowestFree = lowestFree()
        let (places, holders) = state.withLock { state -> (Int, [@Sendable () -> Void]) in
            let places = min(count, free(in: state, lowestFree) / max(1, 2 * state.listeners))
            guard places > 0 else {
                defer { state.isScarce = true }
                return (0, state.isScarce ? [] : Array(state.holders.values))
            }
            state.isScarce = false
            state.places += places
            return (places, [])
        }
        for givePlacesBack in holders { givePlacesBack() }
        return places
    }

    /// Takes one place, for a connection that is there already; false where there is none.
    func takePlace() -> Bool {
        let lowestFree = lowestFree()
        return state.withLock { state in
            guard free(in: state, lowestFree) > 0 else { return false }
            state.places += 1
            return true
        }
    }

    /// Gives back places that were not needed.
    func givePlacesBack(_ count: Int) { state.withLock { $0.places -= count } }

    /// Whether places are so few that no connection should keep one without using it.
    var isNearlyFull: Bool {
        state.withLock { state in
            let room = room(in: state)
            return room < Self.spare(of: room + state.connections)
        }
    }

    /// Of so many connections, those that are left to requests that are no streams.
    static func spare(of connections: Int) -> Int { max(4, min(256, connections / 16)) }

    /// The connections that there is room for in all.
    var maxConnections: Int { state.withLock { room(in: $0) + $0.connections } }

    /// A place has become a connection, until ``connectionClosed()``.
    func connectionOpened() {
        state.withLock { state in
            state.places -= 1
            state.connections += 1
        }
    }

    func connectionClosed() { state.withLock { $0.connections -= 1 } }

    /// How many places there are for further connections.
    private func free(in state: State, _ lowestFree: Int) -> Int {
        min(room(in: state), most - lowestFree) - state.places
    }

    private func room(in state: State) -> Int {
        max(Self.leastConnections, most - base - state.listeners - state.kept) - state.connections
    }

    // MARK: - Sources

    /// Takes `count` more descriptors for a source; false where there is no room for them.
    func claim(_ count: Int) -> Bool {
        let lowestFree = lowestFree()
        return state.withLock { state in
            let others = base + state.listeners + max(state.connections + state.places, Self.leastConnections)
            guard others + state.claimed + count <= most, lowestFree + count <= most else { return false }
            state.claimed += count
            return true
        }
    }

    func release(_ count: Int) { state.withLock { $0.claimed -= count } }

    /// Counts the sources that wait for room, and tells when the first one begins to and when the last one no longer does.
    func countWaiting(_ change: Int) {
        let (isShort, isOver) = state.withLock { state in
            state.waiting += change
            let now = NIODeadline.now()
            if change > 0, !state.isTold, state.told.map({ now - $0 >= Self.silence }) ?? true {
                (state.told, state.isTold) = (now, true)
                return (true, false)
            }
            guard state.waiting == 0, state.isTold else { return (false, false) }
            state.isTold = false
            return (false, true)
        }
        if isShort {
            logger.warning(
                "cameras wait until files may be opened for them: raise the limit of open files (ulimit -n)",
                metadata: ["limit": "\(limit)"])
        }
        if isOver { logger.info("no camera waits for open files any more") }
    }

    // MARK: - The process

    /// Raises the process's limit to the most it may have, and returns it.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: min(limit.rlim_cur, 1 << 20))
    }

    /// The number that the next descriptor gets: so many are open at least. More than any limit where there is none left.
    @Sendable static func lowestFree() -> Int {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .max / 2 }
        close(descriptor)
        return Int(descriptor)
    }

    /// How many are open, by the system's list, else by the lowest free number.
    static func countOpen() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return lowestFree() }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) { if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 } }
        // Without the list's own.
        return max(0, count - 1)
    }
}
