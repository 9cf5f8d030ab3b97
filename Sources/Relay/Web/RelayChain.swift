import Synchronization

/// The relays that watch a source here, directly and behind each other, so that pictures never go in a circle. Any thread.
///
/// A relay that asks another for a source names them in `Via` (RFC 9110, 7.6.3), each as `1.1 mjpeg-relay-ID`, and itself last.
final class RelayChain: Sendable {
    /// The most relays in a request.
    static let maxHops = 8
    private static let prefix = "mjpeg-relay-"

    /// This relay's.
    let ownID: String
    private let watching = Mutex<[String: Int]>([:])

    init(ownID: String = RelayChain.newID()) {
        self.ownID = ownID
    }

    /// A name that no other relay has.
    static func newID() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    /// The relays' ids in the fields of a request, at most one more than ``maxHops``; what others add is passed over.
    static func ids(in via: [String]) -> [String] {
        var ids: [String] = []
        for entry in via.lazy.flatMap({ $0.split(separator: ",") }) where ids.count <= maxHops {
            guard let word = entry.split(separator: " ").last, word.hasPrefix(prefix), word.utf8.count <= 40 else { continue }
            ids.append(String(word.dropFirst(prefix.count)))
        }
        return ids
    }

    /// What `Via` is to say when this relay asks another one for the source.
    var via: String {
        let others = watching.withLock { $0.keys.sorted() }.filter { $0 != ownID }
        return (others + [ownID]).map { "1.1 \(Self.prefix)\($0)" }.joined(separator: ", ")
    }

    /// Relays with these ids watch the source now.
    func begin(_ ids: [String]) {
        watching.withLock { watching in for id in ids { watching[id, default: 0] += 1 } }
    }

    /// They no longer do.
    func end(_ ids: [String]) {
        watching.withLock { watching in
            for id in ids {
                let count = (watching[id] ?? 0) - 1
                watching[id] = count > 0 ? count : nil
            }
        }
    }
}
