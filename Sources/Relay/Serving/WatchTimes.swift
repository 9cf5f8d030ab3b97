import NIOCore
import Synchronization

/// How long addresses have watched sources, where that is limited. Any thread may call it.
final class WatchTimes: Sendable {
    /// A viewer's time.
    struct Time: Sendable {
        let since: NIODeadline
        let end: NIODeadline
    }

    private struct Key: Hashable {
        let address: String
        let source: String
    }

    private enum Entry {
        /// Its time is over; it may come back then.
        case pausing(until: NIODeadline)
        /// One that began then has left; whoever comes back before a pause is over goes on with its time.
        case left(since: NIODeadline, forgottenAt: NIODeadline)

        var end: NIODeadline {
            switch self {
            case .pausing(let until): until
            case .left(_, let end): end
            }
        }
    }

    private static let maxEntries = 10_000
    private let entries = Mutex<[Key: Entry]>([:])

    /// How long `address` still has to pause; nil where it may watch.
    func pause(of address: String, from source: String, at now: NIODeadline) -> TimeAmount? {
        guard case .pausing(let until)? = entries.withLock({ $0[Key(address: address, source: source)] }), until > now else { return nil }
        return until - now
    }

    /// A viewer came that may watch for `longest`.
    func begin(_ address: String, _ source: String, at now: NIODeadline, longest: TimeAmount) -> Time {
        let began = entries.withLock { entries in
            let key = Key(address: address, source: source)
            guard case .left(let since, let end)? = entries[key], end > now else { return now }
            entries[key] = nil
            return since
        }
        return Time(since: began, end: began + longest)
    }

    /// A viewer has left, `isOver` for that its time is over.
    func left(_ address: String, _ source: String, _ time: Time, isOver: Bool, pause: TimeAmount, at now: NIODeadline) {
        entries.withLock { entries in
            let key = Key(address: address, source: source)
            if case .pausing(let until)? = entries[key], until > now { return }
            if entries.count >= Self.maxEntries {
                entries = entries.filter { $0.value.end > now }
                if entries.count >= Self.maxEntries, let first = entries.min(by: { $0.value.end < $1.value.end }) {
                    entries[first.key] = nil
                }
            }
            entries[key] = isOver ? .pausing(until: now + pause) : .left(since: time.since, forgottenAt: now + pause)
        }
    }
}
