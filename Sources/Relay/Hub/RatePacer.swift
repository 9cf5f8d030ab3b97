import NIOCore

/// Keeps one viewer below a rate: each frame costs the time that its bytes take at this rate. A value without a clock.
struct RatePacer: Equatable, Sendable {
    /// Waits end at multiples of this, so that one look serves many viewers.
    private static let step: UInt64 = 10_000_000

    var bitsPerSecond: Int
    /// When what was sent is paid for; nil before the first frame.
    private var paid: NIODeadline?

    init(bitsPerSecond: Int) { self.bitsPerSecond = bitsPerSecond }

    /// When the next frame may go out; nil for now.
    func wait(at now: NIODeadline) -> NIODeadline? {
        guard let paid, now < paid else { return nil }
        return .uptimeNanoseconds((paid.uptimeNanoseconds + Self.step - 1) / Self.step * Self.step)
    }

    /// Pays for what goes out. A pause saves up no more than one frame.
    mutating func charge(bytes: Int, at now: NIODeadline) {
        let cost = TimeAmount.nanoseconds(Int64(Double(bytes) * 8e9 / Double(max(1, bitsPerSecond))))
        let begin = paid.map { now - $0 < cost ? $0 : now } ?? now
        paid = begin + cost
    }
}
