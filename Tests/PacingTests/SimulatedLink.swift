import Pacing
import TestSupport

extension Nanoseconds {
    static func milliseconds(_ count: Double) -> Nanoseconds { Nanoseconds(count * 1e6) }
    static func seconds(_ count: Double) -> Nanoseconds { Nanoseconds(count * 1e9) }
    var inMilliseconds: Double { Double(self) / 1e6 }
    static let never = Nanoseconds.max
}

/// One direction of a path: a rate, a queue before it that drops at its tail, a delay that may vary without reordering, and loss.
struct SimulatedLink {
    /// Bytes per second that pass.
    var rate: Double
    /// What every packet takes beside its own length.
    var delay: Nanoseconds
    /// What a packet may take longer: evenly distributed, in order.
    var jitter: Nanoseconds = 0
    /// How long one draw of the jitter holds; 0: each packet has its own.
    var jitterHold: Nanoseconds = 0
    /// Bytes that may wait.
    var queueBytes = 1 << 20
    /// Mean time between two bursts of loss; 0: none is lost.
    var lossInterval: Nanoseconds = 0
    /// How long everything is lost then.
    var lossTime = Nanoseconds.milliseconds(5)
    var random: SeededRandom

    private var freeAt: Nanoseconds = 0
    private var lastArrival: Nanoseconds = 0
    private var drawn: (extra: Nanoseconds, until: Nanoseconds) = (0, 0)
    private var nextLoss: Nanoseconds = -1
    private var lossEnd: Nanoseconds = 0

    init(rate: Double, delay: Nanoseconds, seed: UInt64) {
        self.rate = rate
        self.delay = delay
        random = SeededRandom(seed: seed)
    }

    /// A number from 0 up to 1.
    mutating func fraction() -> Double { Double(random.next() >> 11) / Double(1 << 53) }

    /// Bytes that wait or are being sent.
    func waiting(at now: Nanoseconds) -> Double { max(0, Double(freeAt - now)) * rate / 1e9 }

    /// Takes a packet: when it begins to leave and when it is there; nil when it is lost.
    mutating func send(_ bytes: Int, at now: Nanoseconds) -> (begins: Nanoseconds, arrives: Nanoseconds)? {
        guard waiting(at: now) + Double(bytes) <= Double(max(queueBytes, bytes)) else { return nil }
        if lossInterval > 0 {
            if nextLoss < 0 { nextLoss = now + Nanoseconds(Double(lossInterval) * 2 * fraction()) }
            if now >= nextLoss {
                lossEnd = nextLoss + lossTime
                nextLoss = now + Nanoseconds(Double(lossInterval) * 2 * fraction())
            }
        }
        let begins = max(now, freeAt)
        freeAt = begins + Nanoseconds(Double(bytes) / rate * 1e9)
        if now < lossEnd { return nil }
        if jitter > 0, jitterHold == 0 || now >= drawn.until {
            drawn = (Nanoseconds(Double(jitter) * fraction()), now + jitterHold)
        }
        lastArrival = max(lastArrival, freeAt + delay + drawn.extra)
        return (begins, lastArrival)
    }
}
