/// A time on a clock that does not go back, or the time between two, in nanoseconds.
package typealias Nanoseconds = Int64

extension Nanoseconds {
    /// A time that was reckoned from what others say: any number, taken as at most a quarter of an hour.
    init(reckoned value: Double) {
        self.init(value.isNaN ? 0 : Swift.max(-900e9, Swift.min(900e9, value)))
    }
}
