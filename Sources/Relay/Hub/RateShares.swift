/// How a rate is shared out so that every viewer gets the same number of frames: values only.
struct RateShares {
    /// What limits the frames of a source.
    enum Limit: String, Sendable {
        /// The source's own rate.
        case source = "max_rate"
        /// The rate of the whole relay.
        case relay = "relay_max_rate"
    }

    /// Viewers of a source that want the same.
    struct Group {
        var viewers: Int
        /// What each of them wants at most, in frames per second.
        var framesPerSecond = Double.infinity
    }

    /// A source as the shares see it.
    struct Demand {
        /// Viewers that can be slowed down.
        var groups: [Group]
        /// Mean size of a frame as viewers are sent it, in bytes; nil before the first frame.
        var frameBytes: Double?
        /// Frames per second of the camera; nil while it is not known.
        var framesPerSecond: Double?
        /// What the source may send in all, in bytes per second; nil for no limit.
        var bytesPerSecond: Double?
    }

    /// The frames per second that each viewer of a source may get.
    struct Share: Equatable {
        var framesPerSecond: Double
        var limit: Limit
    }

    /// Viewers who are served alike.
    private struct Portion {
        /// What they want, in frames per second.
        var wanted: Double
        /// What all of them cost for each frame per second, in bytes.
        var cost: Double
    }

    /// The share of each of `demands`, nil where nothing limits it; `bytesPerSecond` is the relay's own rate, nil for none.
    static func reckon(_ demands: [Demand], bytesPerSecond: Double?) -> [Share?] {
        let own = demands.map { demand in demand.bytesPerSecond.flatMap { commonLimit(portions(of: demand), bytesPerSecond: $0) } }
        let all = zip(demands, own).flatMap { portions(of: $0.0, below: $0.1 ?? .infinity) }
        let common = bytesPerSecond.flatMap { commonLimit(all, bytesPerSecond: $0) }
        return zip(demands, own).map { demand, own in
            let hasCost = demand.groups.contains { $0.viewers > 0 } && demand.frameBytes != nil
            guard let common, hasCost, common < own ?? .infinity else { return own.map { Share(framesPerSecond: $0, limit: .source) } }
            return Share(framesPerSecond: common, limit: .relay)
        }
    }

    private static func portions(of demand: Demand, below limit: Double = .infinity) -> [Portion] {
        guard let bytes = demand.frameBytes else { return [] }
        let most = min(demand.framesPerSecond ?? .infinity, limit)
        return demand.groups.filter { $0.viewers > 0 }.map {
            Portion(wanted: min($0.framesPerSecond, most), cost: Double($0.viewers) * bytes)
        }
    }

    /// The frames per second, the same for all, by which the rate is just used up; nil where nobody would want more anyway.
    private static func commonLimit(_ portions: [Portion], bytesPerSecond: Double) -> Double? {
        // Those who want few frames leave room to the others: they are served first.
        let sorted = portions.filter { $0.cost > 0 }.sorted { $0.wanted < $1.wanted }
        var (left, cost) = (bytesPerSecond, sorted.reduce(0) { $0 + $1.cost })
        for portion in sorted {
            let limit = left / cost
            guard portion.wanted < limit else { return max(0, limit) }
            left -= portion.wanted * portion.cost
            cost -= portion.cost
        }
        return nil
    }
}
