import NIOCore

/// Thins frames out to at most so many per second, evenly spaced in time, and with the newest frame at each slot.
///
/// A value without a clock. A frame that comes before its slot waits for it, or gives it to a newer one; one that comes later
/// goes out at once, and the slots keep their pace, so that 15 of 25 frames per second are 67 ms apart instead of 40 or 80.
struct FramePacer: Equatable, Sendable {
    /// The time between two slots.
    let interval: TimeAmount
    /// When the next frame may go out; nil before the first.
    private(set) var slot: NIODeadline?

    /// Nil unless `framesPerSecond` is a positive number.
    init?(framesPerSecond: Double) {
        guard framesPerSecond > 0, framesPerSecond.isFinite else { return nil }
        interval = .nanoseconds(Int64(min(1e9 / framesPerSecond, 1e15)))
    }

    /// How long from `now` a frame has to wait for its slot; nil when it may go out.
    func wait(at now: NIODeadline) -> TimeAmount? {
        guard let slot, now < slot else { return nil }
        return slot - now
    }

    /// Takes the slot for the frame that goes out `now`.
    mutating func take(at now: NIODeadline) {
        guard let slot, now - slot < interval else {
            self.slot = now + interval
            return
        }
        self.slot = slot + interval
    }
}
