import NIOCore

/// The moments from each of which on every viewer of a source may take one frame, where a rate is limited: the same for all, so that
/// one look offers a frame to all of them.
struct PaceGrid: Equatable, Sendable {
    private let origin: NIODeadline
    let interval: TimeAmount

    /// A grid with a moment at `origin`; `interval` is at least a millisecond.
    init(origin: NIODeadline, interval: TimeAmount) {
        self.origin = origin
        self.interval = max(interval, .milliseconds(1))
    }

    /// The first moment after `time`.
    func next(after time: NIODeadline) -> NIODeadline {
        let since = (time - origin).nanoseconds
        guard since >= 0 else { return origin }
        return origin + .nanoseconds((since / interval.nanoseconds + 1) * interval.nanoseconds)
    }

    /// The grid of another interval, which goes on from this one's next moment.
    func changed(to interval: TimeAmount, at now: NIODeadline) -> PaceGrid { PaceGrid(origin: next(after: now), interval: interval) }
}
