import NIOCore

/// Watches, on a connection's event loop, that whole frames keep coming; bytes that make no frame do not count.
final class StallClock {
    /// The longest time after which the limit is looked at again, since a reload may change it.
    private static let maxWait = TimeAmount.seconds(1)

    private let stallTimeout: @Sendable () -> Duration
    private let eventLoop: any EventLoop
    /// Called once, with the limit that has passed.
    private let stalled: (Duration) -> Void
    private var last = NIODeadline.now()
    private var timer: Scheduled<Void>?

    /// Begins to count now. `stalled` is called at most once, on `eventLoop`.
    init(eventLoop: any EventLoop, stallTimeout: @escaping @Sendable () -> Duration, stalled: @escaping (Duration) -> Void) {
        self.eventLoop = eventLoop
        self.stallTimeout = stallTimeout
        self.stalled = stalled
        schedule()
    }

    /// A frame came, or another sign that the camera lives.
    func beat() {
        last = .now()
    }

    /// Stops watching.
    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func schedule() {
        let due = min(last + TimeAmount(stallTimeout()), .now() + Self.maxWait)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(deadline: due) { bound.value.look() }
    }

    private func look() {
        // A timer that was stopped may still fire.
        guard timer != nil else { return }
        let limit = stallTimeout()
        guard NIODeadline.now() - last >= TimeAmount(limit) else { return schedule() }
        timer = nil
        stalled(limit)
    }
}

@available(*, unavailable) extension StallClock: Sendable {}
