import NIOCore

extension TimeAmount {
    /// A fraction of a time.
    static func / (time: TimeAmount, divisor: Int64) -> TimeAmount {
        .nanoseconds(time.nanoseconds / divisor)
    }
}
