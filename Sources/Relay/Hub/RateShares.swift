/// How a rate is shared out so that every viewer gets the same number of frames: values only.
struct RateShares {
    /// What limits the frames of a source.
    enum Limit: String, Sendable {
        /// The source's own rate.
        case source = "max_rate"
        /// The rate of the whole relay.
        case relay = "relay_max_rate"
    }

    /// A source as the shares see it.
    struct Demand {
        /// Viewers that can be slowed down.
        var viewers: Int
        /// Mean size of a frame as viewers are sent it, in bytes; nil before the first frame.
        var frameBytes: Double?
        /// Frames per second of the camera; nil while it is not known.
        var framesPerSecond: Double?
        /// What the source may send in all, in bytes per second; nil for no limit.
        var bytesPerSecond: Double?

        /// What all viewers cost for each frame per second.
        fileprivate var cost: Double { Double(viewers) * (frameBytes ?? 0) }
        /// The frames per second that the source's own rate allows; nil for no limit.
        fileprivate var ownLimit: Double? {
            guard let bytesPerSecond, cost > 0 else { return nil }
            return bytesPerSecond / cost
        }
        /// What viewers get without the relay's rate.
        fileprivate var wanted: Double { min(framesPerSecond ?? .infinity, ownLimit ?? .infinity) }
    }

    /// The frames per second that each viewer of a source may get.
    struct Share: Equatable {
        var framesPerSecond: Double
        var limit: Limit
    }

    /// The share of each of `demands`, nil where nothing limits it; `bytesPerSecond` is the relay's own rate, nil for none.
    static func reckon(_ demands: [Demand], bytesPerSecond: Double?) -> [Share?] {
        let common = bytesPerSecond.flatMap { commonLimit(demands, bytesPerSecond: $0) }
        return demands.map { demand in
            let own = demand.ownLimit
            guard let common, demand.cost > 0, common < own ?? .infinity else {
                return own.map { Share(framesPerSecond: $0, limit: .source) }
            }
            return Share(framesPerSecond: common, limit: .relay)
        }
    }

    /// The frames per second, the same for all, by which the rate is just used up; nil where nobody would want more anyway.
    private static func commonLimit(_ demands: [Demand], bytesPerSecond: Double) -> Double? {
        // Those who want few frames leave room to the others: they are served first.
        let sorted = demands.filter { $0.cost > 0 }.sorted { $0.wanted < $1.wanted }
        var (left, cost) = (bytesPerSecond, sorted.reduce(0) { $0 + $1.cost })
        for demand in sorted {
            let limit = left / cost
            guard demand.wanted < limit else { return max(0, limit) }
            left -= demand.wanted * demand.cost
            cost -= demand.cost
        }
        return nil
    }
}
