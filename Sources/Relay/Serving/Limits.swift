import Glibc
import Logging
import NIOCore
import Synchronization

/// How many connections, viewers and waiting answers there may be, all listeners together. Any thread may call it.
final class Limits: Sendable {
    /// Descriptors kept for cameras, files and the log.
    static let reserve = 32
    /// Bytes of memory that answers may keep while they wait for those who read slowly, streams' frames not counted.
    static let maxAnswerBytes = 32 << 20

    /// At the limit viewers come and go all the time: refusals of a source are told at most this often.
    private static let silence = TimeAmount.minutes(1)

    private struct State {
        var viewers = 0
        var viewersOf: [String: Int] = [:]
        /// The most viewers of all sources together, when it was last asked.
        var maxViewers = Int.max
        /// Sources whose refusals are in the log already, and when each source's were last.
        var refusing: Set<String> = []
        var told: [String: NIODeadline] = [:]
    }

    private let state = Mutex(State())
    private let connections = Atomic(0)
    private let busyConnections = Atomic(0)
    private let answerBytes = Atomic(0)
    /// Connections from viewers that may be open at once; beyond it they wait to be accepted.
    let maxConnections: Int
    private let logger: Logger

    /// Derives the limits from the number of descriptors; `cameras` are kept free besides the reserve.
    init(descriptors: Int, cameras: Int, logger: Logger) {
        maxConnections = max(8, descriptors - Self.reserve - cameras)
        self.logger = logger
    }

    /// The viewers that the descriptors allow, less some for requests that are no streams.
    private var derivedMaxViewers: Int { max(1, maxConnections - max(4, min(256, maxConnections / 16))) }

    /// Takes a viewer of `source` in; false when there is no room for it. One line in the log until there is room again.
    ///
    /// - Parameters:
    ///   - most: the most viewers of this source, nil for no limit of its own.
    ///   - mostOfAll: the most viewers of all sources together, nil for what the descriptors allow.
    func admitViewer(of source: String, atMost most: Int?, ofAll mostOfAll: Int?) -> Bool {
        let (isAdmitted, isNews) = state.withLock { state in
            let viewersOfSource = state.viewersOf[source, default: 0]
            state.maxViewers = mostOfAll ?? derivedMaxViewers
            guard state.viewers < state.maxViewers, viewersOfSource < most ?? .max else {
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
    func hasRoom(for source: String, atMost most: Int?, ofAll mostOfAll: Int?) -> Bool {
        state.withLock { $0.viewers < mostOfAll ?? derivedMaxViewers && $0.viewersOf[source, default: 0] < most ?? .max }
    }

    /// Gives a viewer's place back.
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

    /// Whether an answer may be made, or too many wait for slow readers.
    var hasRoomForAnswer: Bool { answerBytes.load(ordering: .relaxed) < Self.maxAnswerBytes }

    /// Counts bytes of answers that wait, negative ones when they have left.
    func chargeAnswers(_ bytes: Int) { answerBytes.add(bytes, ordering: .relaxed) }

    /// Whether an answer is being made or on its way anywhere.
    var isBusy: Bool { busyConnections.load(ordering: .relaxed) > 0 }

    func countBusy(_ change: Int) { busyConnections.add(change, ordering: .relaxed) }

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
