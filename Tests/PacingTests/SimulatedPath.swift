import Pacing
import TestSupport

/// What lies between the relay's socket and the viewer.
struct SimulatedPath {
    /// How the kernel finds its window.
    enum Congestion: String, CaseIterable {
        /// Until packets are lost.
        case lossBased
        /// By the rate of delivery, as BBR.
        case rateBased
    }

    var forward: SimulatedLink
    var back: SimulatedLink
    var congestion = Congestion.rateBased
    /// The receiver's buffer.
    var receiveBuffer = 4 << 20
    /// What a hop behind the receiver's socket keeps, as ssh or a proxy does.
    var hopBuffer = 0
    /// Bytes per second that the reader, or the link behind the hop, takes.
    var readRate = Double.infinity
    /// What the way from the hop to the viewer takes.
    var readDelay: Nanoseconds = 0
    /// TLS lays 22 bytes around each record of 16 KiB.
    var isTLS = false
    /// Changes of the forward rate: from when on, to what.
    var rateChanges: [(at: Nanoseconds, rate: Double)] = []
    /// Changes of the delay, one way.
    var delayChanges: [(at: Nanoseconds, delay: Nanoseconds)] = []

    /// `roundTrip` is what an empty path takes there and back.
    init(megabits: Double, roundTrip: Double, seed: UInt64 = 1) {
        let oneWay = Nanoseconds.milliseconds(roundTrip / 2)
        forward = SimulatedLink(rate: megabits * 125_000, delay: oneWay, seed: seed)
        back = SimulatedLink(rate: 125_000_000, delay: oneWay, seed: seed &+ 1000)
    }

    /// The bytes per second of the narrowest place.
    var narrowest: Double { min(forward.rate, readRate) }
}
