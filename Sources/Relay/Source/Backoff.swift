/// How long a source waits before it dials its camera again.
///
/// The wait is a random time from 0 to `min(maximum, minimum × 2ⁿ)`, where n is the number of failures so far, so that cameras that fail
/// together are not dialled together. It is at least 100 ms. With the defaults:
///
/// | n | drawn from |
/// |---|---|
/// | 0 | 0.1 … 0.5 s |
/// | 1 | 0.1 … 1 s |
/// | 3 | 0.1 … 4 s |
/// | 5 and more | 0.1 … 10 s |
struct Backoff: Equatable, Sendable {
    /// The upper limit of the first wait (`reconnect_min`).
    var minimum: Duration
    /// The upper limit of every wait (`reconnect_max`).
    var maximum: Duration
    /// The shortest wait, whatever the random number is.
    static let floor = Duration.milliseconds(100)

    /// The wait after `failures` failures in a row before this one; `fraction` is a random number from 0…1.
    func wait(after failures: Int, fraction: Double) -> Duration {
        // 2²⁰ of any minimum is beyond any maximum; the cap keeps the shift in range.
        let ceiling = min(maximum, minimum * (1 << max(0, min(failures, 20))))
        return max(Self.floor, ceiling * fraction)
    }
}
