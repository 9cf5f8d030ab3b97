/// Corrects a rate by what was really sent: snapshots and placeholders are paid for too, and frames are not all of the same size.
struct RateBudget: Sendable {
    let bytesPerSecond: Double
    /// Bytes that were sent beyond the rate; less than none where less was sent.
    private var debt = 0.0

    init(bitsPerSecond: Int) { bytesPerSecond = Double(bitsPerSecond) / 8 }

    /// What may be sent in the next second, in bytes per second, after `bytes` went out in `seconds`.
    ///
    /// Frames go to all viewers at the same moments, so that a second may have one more or one less of them: a debt is paid back slowly,
    /// else the moments would not be evenly spaced.
    mutating func allowance(after bytes: Double, in seconds: Double) -> Double {
        // A pause saves up next to nothing, and what would take too long to pay back is forgiven.
        debt = max(-bytesPerSecond / 2, min(debt + bytes - bytesPerSecond * seconds, bytesPerSecond * 7.2))
        return max(bytesPerSecond / 10, bytesPerSecond - debt / 8)
    }
}
