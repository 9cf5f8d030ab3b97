import NIOCore
import RelayConfiguration
import Synchronization

/// Shares limited rates out among viewers, about once a second and whenever somebody comes. Any thread may call it.
final class RateSharing: Sendable {
    /// A rate with its corrections.
    private struct Budget {
        var bitsPerSecond: Int
        var budget: RateBudget
        /// What may be sent now, in bytes per second.
        var allowance: Double

        init(bitsPerSecond: Int) {
            self.bitsPerSecond = bitsPerSecond
            budget = RateBudget(bitsPerSecond: bitsPerSecond)
            allowance = budget.bytesPerSecond
        }
    }

    /// What a viewer wants at most.
    struct Wish: Hashable {
        var framesPerSecond: Double?
        var bitsPerSecond: Int?

        init(_ wishes: ViewerWishes) {
            framesPerSecond = wishes.pacer.map { 1e9 / Double($0.interval.nanoseconds) }
            bitsPerSecond = wishes.rate
        }
    }

    /// What a viewer who comes may do.
    enum Answer {
        /// It would push all below the frames per second that they should have at least.
        case refused
        /// It has its first frame at once.
        case atOnce
        /// It waits for the next moment at which all take a frame: many have come.
        case atNextSlot
    }

    /// What is known of a source.
    private struct OfSource {
        /// Viewers that can be slowed down, by what they want.
        var viewers: [Wish: Int] = [:]
        var frameBytes: Double?
        /// Of the camera of late; a camera that is lost brings placeholders.
        var framesPerSecond: Double?
        var bytesSent: UInt64?
        /// Bytes of the first frames of those who came since: they go out at once, and nobody pays for them.
        var firstFrames = 0.0
        var budget: Budget?

        var count: Int { viewers.reduce(0) { $0 + $1.value } }
    }

    private struct State {
        var sources: [String: OfSource] = [:]
        var budget: Budget?
        var reckoned: NIODeadline?
    }

    /// A part's header and delimiter, about.
    private static let overhead = 120.0
    /// What a frame is taken for before the first has come.
    private static let guessedFrameBytes = 25_000.0
    /// Frames per second of a lost camera, whose viewers are sent placeholders.
    private static let placeholders = 0.2
    /// So much of a second's bytes may go out as first frames.
    private static let firstFramesShare = 0.25
    private let state = Mutex(State())

    /// Takes in another viewer of `source` that can be slowed down, unless it is refused.
    func admit(to source: Source, _ wishes: ViewerWishes, _ served: Served) -> Answer {
        state.withLock { state in
            let isLimited = Self.isLimited(source, served)
            let wish = Wish(wishes)
            guard !isLimited || Self.hasRoom(for: source, wish, served, &state) else { return .refused }
            var known = state.sources[source.name] ?? OfSource()
            known.viewers[wish, default: 0] += 1
            let bytes = known.frameBytes ?? Self.guessedFrameBytes
            let rate = [served.maxRate, source.configuration.maxRate].compactMap(\.self).min() ?? .max
            let isAtOnce = known.firstFrames + bytes <= max(bytes, Double(rate) / 8 * Self.firstFramesShare)
            if isAtOnce { known.firstFrames += bytes }
            state.sources[source.name] = known
            guard isLimited else { return .atOnce }
            share(served, state)
            return isAtOnce ? .atOnce : .atNextSlot
        }
    }

    /// Whether another viewer would be taken in.
    func hasRoom(for source: Source, _ wishes: ViewerWishes, _ served: Served) -> Bool {
        state.withLock { !Self.isLimited(source, served) || Self.hasRoom(for: source, Wish(wishes), served, &$0) }
    }

    private static func isLimited(_ source: Source, _ served: Served) -> Bool {
        served.maxRate != nil || source.configuration.maxRate != nil
    }

    private static func hasRoom(for source: Source, _ wish: Wish, _ served: Served, _ state: inout State) -> Bool {
        look(at: source, in: &state)
        var known = state.sources[source.name] ?? OfSource()
        // Somebody can always watch, however few frames that leaves.
        guard known.count > 0 else { return true }
        let before = known
        known.viewers[wish, default: 0] += 1
        if known.frameBytes == nil { known.frameBytes = guessedFrameBytes }
        state.sources[source.name] = known
        defer { state.sources[source.name] = before }
        // As configured, not as corrected: what went out in the last second does not count.
        let shares = shares(served, state, isNominal: true)
        return served.sources.all.allSatisfy { other in
            guard let share = shares[other.name], let known = state.sources[other.name], known.count > 0 else { return true }
            // Others are poorer for it only where they live on the relay's rate.
            guard other.name == source.name || share.limit == .relay else { return true }
            return share.framesPerSecond >= min(other.configuration.minFPS, known.framesPerSecond ?? .infinity)
        }
    }

    /// A viewer left. Those who stay get more within a second.
    func viewerLeft(_ source: String, _ wishes: ViewerWishes) {
        let wish = Wish(wishes)
        state.withLock { state in
            let count = state.sources[source]?.viewers[wish] ?? 0
            state.sources[source]?.viewers[wish] = count > 1 ? count - 1 : nil
        }
    }

    /// Corrects the rates by what was sent since the last call, and shares them out.
    func reckon(_ served: Served, at now: NIODeadline) {
        state.withLock { state in
            let isLimited = served.maxRate != nil || served.sources.all.contains { $0.configuration.maxRate != nil }
            guard isLimited || state.reckoned != nil else { return }
            let seconds = state.reckoned.map { (now - $0).inSeconds } ?? 0
            state.reckoned = isLimited ? now : nil
            let names = Set(served.sources.all.map(\.name))
            state.sources = state.sources.filter { names.contains($0.key) || $0.value.count > 0 }
            var sent = 0.0
            for source in served.sources.all {
                var known = state.sources[source.name] ?? OfSource()
                let total = source.hub.bytesSent
                let bytes = max(0, Double(known.bytesSent.map { total - min($0, total) } ?? 0) - known.firstFrames)
                (known.bytesSent, known.firstFrames, sent) = (total, 0, sent + bytes)
                let rates = source.hub.meter.withLock { $0.rates(to: source.sample) }
                known.framesPerSecond = rates.framesIn > 0 ? rates.framesIn : known.frameBytes.map { _ in Self.placeholders }
                known.frameBytes = rates.framesIn > 0 ? rates.bitsIn / 8 / rates.framesIn + Self.overhead : known.frameBytes
                Self.correct(&known.budget, source.configuration.maxRate, sent: bytes, seconds)
                state.sources[source.name] = known
                Self.look(at: source, in: &state)
            }
            Self.correct(&state.budget, served.maxRate, sent: sent, seconds)
            share(served, state)
        }
    }

    private static func correct(_ budget: inout Budget?, _ rate: Int?, sent: Double, _ seconds: Double) {
        guard let rate else {
            budget = nil
            return
        }
        var known = budget.flatMap { $0.bitsPerSecond == rate ? $0 : nil } ?? Budget(bitsPerSecond: rate)
        if seconds > 0 { known.allowance = known.budget.allowance(after: sent, in: seconds) }
        budget = known
    }

    /// Learns the size of a source's frames before there is a mean of them.
    private static func look(at source: Source, in state: inout State) {
        guard state.sources[source.name]?.frameBytes == nil, let newest = source.hub.newest else { return }
        state.sources[source.name, default: OfSource()].frameBytes = Double(newest.frame.jpegLength) + overhead
    }

    private static func shares(_ served: Served, _ state: State, isNominal: Bool) -> [String: RateShares.Share] {
        let demands = served.sources.all.map { source -> RateShares.Demand in
            let known = state.sources[source.name] ?? OfSource()
            let rate = source.configuration.maxRate
            let groups = known.viewers.map { wish, count in
                let most = [wish.bitsPerSecond, source.configuration.maxViewerRate].compactMap(\.self).min()
                let byRate = most.flatMap { rate in known.frameBytes.map { Double(rate) / 8 / $0 } } ?? .infinity
                return RateShares.Group(viewers: count, framesPerSecond: min(wish.framesPerSecond ?? .infinity, byRate))
            }
            return RateShares.Demand(
                groups: groups, frameBytes: known.frameBytes, framesPerSecond: known.framesPerSecond,
                bytesPerSecond: rate.map { isNominal ? Double($0) / 8 : known.budget?.allowance ?? Double($0) / 8 })
        }
        let relay = served.maxRate.map { isNominal ? Double($0) / 8 : state.budget?.allowance ?? Double($0) / 8 }
        let shares = RateShares.reckon(demands, bytesPerSecond: relay)
        return zip(served.sources.all, shares).reduce(into: [:]) { $0[$1.0.name] = $1.1 }
    }

    private func share(_ served: Served, _ state: State) {
        let shares = Self.shares(served, state, isNominal: false)
        for source in served.sources.all {
            var share = shares[source.name]
            // Where there is plenty, each frame goes out when it comes.
            if let natural = state.sources[source.name]?.framesPerSecond, let limit = share?.framesPerSecond, limit > natural * 1.25 {
                share = nil
            }
            source.hub.use(share)
        }
    }
}
