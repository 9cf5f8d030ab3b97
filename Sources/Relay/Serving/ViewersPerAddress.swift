import Synchronization

/// Counts viewers by the address that they come from, over all sources and of each source. Any thread may call it.
final class ViewersPerAddress: Sendable {
    private struct Key: Hashable {
        let address: String
        /// Nil for all sources together.
        let source: String?
    }

    private let counts = Mutex<[Key: Int]>([:])

    /// Takes in a viewer of `source` from `address`; false when that would be more than `most` of all sources or `mostOfSource` of
    /// this one, nil for no limit.
    func admit(_ address: String, of source: String, atMost most: Int?, ofSource mostOfSource: Int?) -> Bool {
        let (all, one) = (Key(address: address, source: nil), Key(address: address, source: source))
        return counts.withLock { counts in
            guard counts[all, default: 0] < most ?? .max, counts[one, default: 0] < mostOfSource ?? .max else { return false }
            counts[all, default: 0] += 1
            counts[one, default: 0] += 1
            return true
        }
    }

    /// Whether another viewer would be taken in.
    func hasRoom(_ address: String, of source: String, atMost most: Int?, ofSource mostOfSource: Int?) -> Bool {
        counts.withLock { counts in
            counts[Key(address: address, source: nil), default: 0] < most ?? .max
                && counts[Key(address: address, source: source), default: 0] < mostOfSource ?? .max
        }
    }

    /// Gives the place of a viewer back.
    func left(_ address: String, of source: String) {
        counts.withLock { counts in
            for key in [Key(address: address, source: nil), Key(address: address, source: source)] {
                let left = counts[key, default: 1] - 1
                counts[key] = left > 0 ? left : nil
            }
        }
    }
}
