import Glibc
import Logging
import NIOCore
import Synchronization

/// How many connections and viewers there may be, all listeners together. Any thread may call it.
final class Limits: Sendable {
    /// Descriptors kept for cameras, files and the log.
    static let reserve = 32

    /// At the limit viewers come and go all the time: refusals of a source are told at most this often.
    private static let silence = TimeAmount.minutes(1)

    private struct State {
        var viewers = 0
        var viewersOf: [String: Int] = [:]
        var maxViewers: Int
        /// Sources whose refusals are in the log already, and when each source's were last.
        var refusing: Set<String> = []
        var told: [String: NIODeadline] = [:]
        /// Viewers refused so far.
        var refused: [String: UInt64] = [:]
    }

    private let state: Mutex<State>
    private let connections = Atomic(0)
    /// Connections from viewers that may be open at once; beyond it they wait to be accepted.
    let maxConnections: Int
    private let logger: Logger

    /// Derives the limits from the number of descriptors; `cameras` are kept free besides the reserve.
    init(descriptors: Int, cameras: Int, maxViewers: Int?, logger: Logger) {
        maxConnections = max(8, descriptors - Self.reserve - cameras)
        self.logger = logger
        state = Mutex(State(maxViewers: 0))
        use(maxViewers: maxViewers)
    }

    /// Takes over another limit; nil for what the descriptors allow, less some for requests that are no streams.
    func use(maxViewers: Int?) {
        let derived = maxConnections - max(4, min(256, maxConnections / 16))
        state.withLock { $0.maxViewers = maxViewers ?? max(1, derived) }
    }

    /// Takes a viewer of `source` in; false when there is no room for it. One line in the log until there is room again.
    func admitViewer(of source: String, atMost most: Int?) -> Bool {
        let (isAdmitted, isNews) = state.withLock { state in
            let viewersOfSource = state.viewersOf[source, default: 0]
            guard state.viewers < state.maxViewers, viewersOfSource < most ?? .max else {
                state.refused[source, default: 0] += 1
                guard state.refusing.insert(source).inserted else { return (false, false) }
                let now = NIODeadline.now()
                if let told = state.told[source], now - told < Self.silence { return (false, false) }
                state.told[source] = now
                return (false, true)
            }
            state.viewers += 1
            state.viewersOf[source] = viewersOfSource + 1
            return (true, false)
        }
        if isNews { logger.warning("viewers are refused: max_viewers is reached", metadata: ["source": "\(source)"]) }
        return isAdmitted
    }

    /// Whether there is room for another viewer of `source` now.
    func hasRoom(for source: String, atMost most: Int?) -> Bool {
        state.withLock { $0.viewers < $0.maxViewers && $0.viewersOf[source, default: 0] < most ?? .max }
    }

    /// Viewers of `source` that were refused so far.
    func refused(_ source: String) -> UInt64 { state.withLock { $0.refused[source] ?? 0 } }

    func viewerLeft(_ source: String) {
        state.withLock { state in
            state.viewers -= 1
            let left = state.viewersOf[source, default: 1] - 1
            state.viewersOf[source] = left == 0 ? nil : left
            // Only real room ends what one line told.
            if state.viewers < state.maxViewers - state.maxViewers / 20 { state.refusing = [] }
        }
    }

    /// How many more connections may be accepted.
    var room: Int { maxConnections - connections.load(ordering: .relaxed) }

    func connectionOpened() { connections.add(1, ordering: .relaxed) }

    func connectionClosed() { connections.subtract(1, ordering: .relaxed) }

    /// Raises the process's limit of open descriptors to the most it may have, and returns it.
    static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: min(limit.rlim_cur, 1 << 20))
    }
}
