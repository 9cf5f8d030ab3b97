import Logging
import NIOCore
import Synchronization

/// How many viewers there may be, and how much their answers may keep, all listeners together. Any thread may call it.
final class Limits: Sendable {
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
    private let busyConnections = Atomic(0)
    /// What answers keep that are read slowly.
    let answers: AnswerBudget
    /// Decides how many connections there may be; beyond it they wait to be accepted.
    let descriptors: Descriptors
    private let logger: Logger

    init(descriptors: Descriptors, logger: Logger) {
        self.descriptors = descriptors
        self.logger = logger
        answers = AnswerBudget(logger: logger)
    }

    /// The viewers that the descriptors allow, less some for requests that are no streams.
    private var derivedMaxViewers: Int {
        let maxConnections = descriptors.maxConnections
        return max(1, maxConnections - Descriptors.spare(of: maxConnections))
    }

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

    /// Whether an answer is being made or on its way anywhere.
    var isBusy: Bool { busyConnections.load(ordering: .relaxed) > 0 }

    func countBusy(_ change: Int) { busyConnections.add(change, ordering: .relaxed) }
}
