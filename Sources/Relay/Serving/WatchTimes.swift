import NIOCore
import Synchronization

/// How long addresses have watched sources, where that is limited. Any thread may call it.
///
/// All viewers of a source from one address share one time, however they overlap or come back; it begins anew when none of them has
/// watched for as long as a pause.
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

    private struct Entry {
        var since: NIODeadline
        /// Viewers who watch now.
        var watching = 0
        /// When the time is forgotten, unless somebody watches.
        var forgottenAt: NIODeadline
        /// Until when nobody may watch, since the time was over.
        var pausedUntil: NIODeadline?

        func isForgotten(at now: NIODeadline) -> Bool {
            if let pausedUntil { return pausedUntil <= now }
            return watching == 0 && forgottenAt <= now
        }
    }

    private static let maxEntries = 10_000
    private let entries = Mutex<[Key: Entry]>([:])

    /// How long `address` still has to pause; nil where it may watch.
    func pause(of address: String, from source: String, at now: NIODeadline) -> TimeAmount? {
        guard let until = entries.withLock({ $0[Key(address: address, source: source)]?.pausedUntil }), until > now else { return nil }
        return until - now
    }

    /// A viewer came that may watch until `limit` after the address began to.
    func begin(_ address: String, _ source: String, at now: NIODeadline, limit: TimeAmount) -> Time {
        entries.withLock { entries in
            let key = Key(address: address, source: source)
            var entry = entries[key].flatMap { $0.isForgotten(at: now) ? nil : $0 } ?? Entry(since: now, forgottenAt: now)
            if entries.count >= Self.maxEntries, entries[key] == nil {
                entries = entries.filter { !$0.value.isForgotten(at: now) }
                // Whoever has left first is forgotten too early, rather than that memory grows.
                if entries.count >= Self.maxEntries, let first = entries.min(by: { $0.value.forgottenAt < $1.value.forgottenAt }) {
                    entries[first.key] = nil
                }
            }
            entry.watching += 1
            entries[key] = entry
            return Time(since: entry.since, end: entry.since + limit)
        }
    }

    /// A viewer has left, `isOver` for that its time is over.
    func left(_ address: String, _ source: String, isOver: Bool, pause: TimeAmount, at now: NIODeadline) {
        entries.withLock { entries in
            let key = Key(address: address, source: source)
            guard var entry = entries[key] else { return }
            entry.watching = max(0, entry.watching - 1)
            entry.forgottenAt = now + pause
            if isOver, entry.pausedUntil == nil { entry.pausedUntil = now + pause }
            entries[key] = entry
        }
    }
}
