import Glibc
import Logging
import NIOCore
import Synchronization

/// Shares out the descriptors that the process may have open, so that their number never comes near the system's limit. At the limit, event
/// loops, Swift's threads and swift-subprocess would end the program.
///
/// The descriptors that a source needs while it runs are kept free for it, whether it runs now or not; connections get the rest. All of
/// these are counted here. Descriptors that are not counted here are noticed by the lowest free number. Any thread may call it.
final class Descriptors: Sendable {
    /// Descriptors that are never given away: for files, for requests for the relay's health, and those that system libraries open for a
    /// moment.
    static let reserve = 32
    /// Descriptors that the process opens after its start and keeps: threads' queues, the wait for programs.
    private static let later = 12
    /// Connections that are always allowed, however many sources there are, so that the status can say what is wrong.
    private static let leastConnections = 8
    /// A shortage that comes and goes is logged at most this often.
    private static let silence = TimeAmount.minutes(1)

    private struct State {
        var listeners = 0
        /// The needs of all configured sources.
        var needs = SourceNeeds()
        /// Descriptors held by sources, from before a dial to its end.
        var claimed = 0
        var connections = 0
        /// Connections that listeners may accept.
        var places = 0
        /// Asks each listener to give back the places that it does not need.
        var holders: [ObjectIdentifier: @Sendable () -> Void] = [:]
        /// Whether the listeners have been asked since there were last enough places.
        var isScarce = false
        /// The number of sources that wait for descriptors.
        var waiting = 0
        /// When the waiting was last logged, and whether its end was logged too.
        var told: NIODeadline?
        var isTold = false

        /// Descriptors that connections must leave to sources.
        var kept: Int { max(needs.together, claimed) }
    }

    /// The system's limit.
    let limit: Int
    /// Open descriptors besides those of listeners, sources and connections.
    private let base: Int
    private let lowestFree: @Sendable () -> Int
    private let state = Mutex(State())
    private let logger: Logger

    /// `limit` is the system's limit, `open` the number of descriptors that are open now, `lowestFree` the number that the next descriptor
    /// gets.
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

    /// Takes over a configuration.
    func use(_ needs: SourceNeeds, listeners: Int) {
        let holders = state.withLock { state in
            state.needs = needs
            state.listeners = listeners
            return Array(state.holders.values)
        }
        // Listeners got their places when there may have been more of them.
        for givePlacesBack in holders { givePlacesBack() }
    }

    /// How many more listeners may be bound while the sources' descriptors stay free.
    var roomForListeners: Int {
        state.withLock { state in
            most - base - state.listeners - state.kept - max(state.connections, Self.leastConnections)
        }
    }

    /// How many descriptors are missing for all sources to run at once; 0 where there are enough.
    var lack: Int {
        state.withLock { state in max(0, base + state.listeners + state.needs.together + Self.leastConnections - most) }
    }

    /// The lowest limit with which a relay can serve the listeners from the event loops, and read one source at a time.
    static func leastLimit(loops: Int, listeners: Int, needs: SourceNeeds) -> Int {
        // The three standard descriptors, signals and threads' queues; and three of each event loop: one to wait with, one to be woken, and
        // a timer.
        reserve + 24 + 3 * loops + listeners + leastConnections + needs.largest
    }

    // MARK: - Connections

    /// Adds a listener. `givePlacesBack` asks it to give back the places that it does not need.
    func add(_ listener: ObjectIdentifier, givePlacesBack: @escaping @Sendable () -> Void) {
        state.withLock { $0.holders[listener] = givePlacesBack }
    }

    /// Removes a closed listener.
    func remove(_ listener: ObjectIdentifier) { state.withLock { $0.holders[listener] = nil } }

    /// Takes places for connections that a listener may accept at any time; none while there are not enough places for every listener.
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

    /// Takes one place for a connection that has arrived already; false where there is no place.
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

    /// How many of the given number of connections are kept for requests other than streams.
    static func spare(of connections: Int) -> Int { max(4, min(256, connections / 16)) }

    /// The most connections at a time.
    var maxConnections: Int { state.withLock { room(in: $0) + $0.connections } }

    /// A place is used by a connection from now on, until ``connectionClosed()``.
    func connectionOpened() {
        state.withLock { state in
            state.places -= 1
            state.connections += 1
        }
    }

    func connectionClosed() { state.withLock { $0.connections -= 1 } }

    /// The number of places for further connections.
    private func free(in state: State, _ lowestFree: Int) -> Int {
        min(room(in: state), most - lowestFree) - state.places
    }

    private func room(in state: State) -> Int {
        max(Self.leastConnections, most - base - state.listeners - state.kept) - state.connections
    }

    // MARK: - Sources

    /// Takes `count` more descriptors for a source; false where there are not enough.
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

    /// Counts the sources that wait for descriptors, and logs when the first begins to wait and when the last no longer waits.
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

    /// Raises the process's limit as far as the system allows, and returns the limit.
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

    /// The number that the next descriptor gets: at least so many are open. A number beyond any limit where no descriptor is left.
    @Sendable static func lowestFree() -> Int {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .max / 2 }
        close(descriptor)
        return Int(descriptor)
    }

    /// The number of open descriptors, by the system's list if there is one, else by the lowest free number.
    static func countOpen() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return lowestFree() }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) { if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 } }
        // Without the descriptor of the list itself.
        return max(0, count - 1)
    }
}
