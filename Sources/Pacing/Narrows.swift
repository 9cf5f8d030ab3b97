/// What is reckoned of the narrowest place of a path: how long a byte takes there, and what the path takes beside that.
///
/// Both come from *flights*: a frame that was sent, and the time until the other side had it. Every flight bounds the time per
/// byte from above, since a path never delivers faster than it can, and delays on the way only add; so the least of late is
/// taken. What the path takes beside is learnt from frames that were alone on it: whatever delays those, it is no queue of ours.
struct Narrows: Sendable {
    /// Flights after which the least time per byte is forgotten, at the latest after twice as many.
    private static let span: UInt8 = 8

    /// Nanoseconds that a byte takes, 0 while nothing is known.
    private(set) var perByte = 0.0
    /// Nanoseconds that the path takes there and back beside the bytes' time; never less than the kernel's shortest round trip.
    var empty: Double { max(beside ?? (lone - perByte * loneBytes), shortest) }
    /// The kernel's shortest round trip in nanoseconds, 0 where it says nothing.
    var shortest = 0.0

    /// Nanoseconds per byte between two words of the other side while bytes were under way all the time, smoothed; 0 while unknown.
    private var slope = 0.0
    private var flightsSinceSlope: UInt8 = 0
    /// What words within the flights of lone frames say of ``empty``, smoothed.
    private var beside: Double?
    private var least = Double.infinity
    private var leastBefore = Double.infinity
    /// The two shortest such times between two words, of late and before; a single one may be words that came in a heap.
    private var fastest = (Double.infinity, Double.infinity)
    private var fastestBefore = (Double.infinity, Double.infinity)
    private var flights: UInt8 = 0
    /// What frames that were alone on the path took, and their size, both smoothed.
    private(set) var lone = 0.0
    private(set) var loneBytes = 0.0

    var isKnown: Bool { perByte > 0 }
    /// Whether so few flights are known that the kernel's small first window may be what made them slow.
    var isYoung: Bool { leastBefore == .infinity && flights < 4 }

    /// Takes note of a flight; true when it shows that the narrowest place is much wider than it seemed.
    ///
    /// - Parameters:
    ///   - bytes: what the other side came to have since the frame was sent, its own bytes and those before.
    ///   - own: the frame's own bytes.
    ///   - time: between the last word of the other side before the frame was sent, and the word of the frame.
    ///   - delay: between sending and the word of the frame.
    ///   - isLone: whether nothing was under way when the frame was sent.
    mutating func note(bytes: Int, own: Int, time: Nanoseconds, delay: Nanoseconds, isLone: Bool) -> Bool {
        let (bytes, own) = (Double(max(1, bytes)), Double(max(1, own)))
        // Either the path was full from the first moment on, or the frame came into an idle one; the truth is the lesser of both.
        let bound = max(min(Double(time) / bytes, (Double(delay) - shortest) / own), 0.01)
        if isLone {
            // The first ones are slow while the kernel's window is small.
            // One that is much quicker shows that those before were not what the path takes; a longer route shows in all of them.
            let share = Double(delay) / lone
            let weight = lone == 0 || share < 0.85 ? 1 : share < 1 || share > 1.3 ? 0.5 : 0.25
            lone += (Double(delay) - lone) * weight
            loneBytes += (own - loneBytes) * weight
        }
        least = min(least, bound)
        let before = perByte
        if flightsSinceSlope < Self.span { flightsSinceSlope += 1 } else { slope = 0 }
        perByte = slope > 0 ? min(least, leastBefore, slope) : min(least, leastBefore)
        flights += 1
        if flights >= Self.span {
            flights = 0
            leastBefore = least
            least = .infinity
            fastestBefore = fastest
            fastest = (.infinity, .infinity)
        }
        return perByte < before * 0.9
    }

    /// Takes note of how long a byte took between two words of the other side, without a pause of ours.
    ///
    /// Where bytes come one by one at the rate of the narrowest place, that is seen here; where they come late but in heaps, the path
    /// is wider than a frame's whole flight lets it seem.
    mutating func note(perByte sample: Double) {
        slope = slope == 0 ? sample : slope + (sample - slope) / 4
        flightsSinceSlope = 0
        if sample < fastest.0 { fastest = (sample, fastest.0) } else { fastest.1 = min(fastest.1, sample) }
        perByte = min(least, leastBefore, slope)
    }

    /// Nanoseconds that a byte took at the best of late.
    var best: Double {
        let seen = fastest.0 < fastestBefore.0 ? min(fastest.1, fastestBefore.0) : min(fastest.0, fastestBefore.1)
        let best = min(seen, least, leastBefore)
        return best.isFinite ? best : perByte
    }

    /// What was seen between words was wrong: whole flights are slower.
    mutating func forgetBest() {
        fastest = (.infinity, .infinity)
        fastestBefore = (.infinity, .infinity)
    }

    /// Takes note of what a lone frame's flight took beside its bytes' time.
    mutating func note(beside time: Double) {
        let before = beside ?? time
        beside = before + (time - before) * (time < before ? 0.5 : 0.25)
    }

    /// Whether words of the other side within a flight have told how wide the path is.
    var isSeen: Bool { slope > 0 }

    /// A frame that was sent too early was not held up by the ones before: the narrowest place must be wider than it seemed.
    mutating func widen() {
        perByte *= 0.7
        least = perByte
    }

    /// Whether a frame took much longer than one that is alone, although the way seemed clear.
    func isLate(_ delay: Nanoseconds) -> Bool { lone > 0 && Double(delay) > 1.3 * lone + 10_000_000 }

    /// Whether what a lone frame takes is much more than the kernel's round trip, so that it should be measured again.
    var isDoubtful: Bool { beside.map { $0 > 1.5 * shortest + 10_000_000 } ?? (lone > 1.5 * shortest + 20_000_000) }

    /// Nanoseconds until so many bytes under way are through, for one that is sent now; negative where there is room to spare.
    func wait(behind bytes: Int, atBest: Bool = false) -> Double { Double(bytes) * (atBest ? best : perByte) - empty }
}
