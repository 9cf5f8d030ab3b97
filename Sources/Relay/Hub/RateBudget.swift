/// Corrects a rate by what was really sent: snapshots and placeholders are paid for too, and frames are not all of the same size.
struct RateBudget: Sendable {
    let bytesPerSecond: Double
    /// Bytes that were sent beyond the rate; less than none where less was sent.
    private var debt = 0.0

    init(bitsPerSecond: Int) { bytesPerSecond = Double(bitsPerSecond) / 8 }

    /// What may be sent in the next seconds, in bytes per second, after `bytes` went out in `seconds`.
    mutating func allowance(after bytes: UInt64, in seconds: Double) -> Double {
        // A pause saves up next to nothing, and what cannot be undone in a few seconds is forgiven.
        debt = max(-bytesPerSecond / 10, min(debt + Double(bytes) - bytesPerSecond * seconds, bytesPerSecond * 2))
        return max(bytesPerSecond / 10, bytesPerSecond - debt / 2)
    }
}
