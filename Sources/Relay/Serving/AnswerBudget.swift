import Logging
import NIOCore
import Synchronization

/// The memory that answers keep while they wait for those who read slowly, and frames that hardly leave. Any thread may call it.
///
/// Nobody is refused an answer for it: where there is too little, those who keep the most are ended.
final class AnswerBudget: Sendable {
    /// That connections are ended is told at most this often.
    private static let silence = TimeAmount.minutes(1)

    private struct State {
        var ledger = AnswerLedger()
        /// What ends a connection.
        var ends: [AnswerLedger.ID: @Sendable () -> Void] = [:]
        var told: NIODeadline?
    }

    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Bytes that are kept now.
    var bytes: Int { state.withLock { $0.ledger.bytes } }

    /// Counts what a connection keeps from now on; where that is too much, others are ended.
    ///
    /// - Parameter end: ends the connection; called on any thread.
    func keep(_ pieces: [AnswerLedger.Piece], for id: AnswerLedger.ID, of network: String, end: @escaping @Sendable () -> Void) {
        let now = NIODeadline.now()
        let (ends, isNews) = state.withLock { state in
            state.ends[id] = end
            let ends = state.ledger.keep(pieces, for: id, of: network, at: now)
                .compactMap { state.ends.removeValue(forKey: $0) }
            guard !ends.isEmpty else { return (ends, false) }
            let isNews = state.told.map { now - $0 >= Self.silence } ?? true
            if isNews { state.told = now }
            return (ends, isNews)
        }
        if isNews { logger.warning("connections that hardly read their answers are ended: these keep too much memory") }
        for end in ends { end() }
    }

    /// Notes that a connection has taken more.
    func took(_ bytes: Int, _ id: AnswerLedger.ID) { state.withLock { $0.ledger.took(bytes, id) } }

    /// A connection keeps nothing any more.
    func release(_ id: AnswerLedger.ID) {
        state.withLock { state in
            state.ledger.release(id)
            state.ends[id] = nil
        }
    }
}
