import MJPEG
import NIOCore

/// A source's newest frame, and the one that may not be shown yet. A value, so that the pace is tested without a clock.
struct PacedFrames: Sendable {
    /// What becomes of a frame.
    enum Outcome: Equatable {
        case show
        /// Look again after this time.
        case wait(TimeAmount)
        case nothing
    }

    /// What the time between two frames is taken for before there are two.
    private static let firstInterval = TimeAmount.milliseconds(40)

    /// The frame that is shown, nil before the first.
    private(set) var newest: Hub.Newest?
    /// The number of the last frame that was shown; no number comes twice.
    private var lastSequence: UInt64 = 0
    private var pacer: FramePacer?
    /// The newest frame of the source, while it waits for its slot.
    private var held: (frame: Frame, arrival: NIODeadline)?
    private var lastShown: NIODeadline?

    /// `maxFPS` is the most frames per second that are shown, nil for all.
    init(maxFPS: Double?) {
        pacer = maxFPS.flatMap { FramePacer(framesPerSecond: $0) }
    }

    /// Takes over another limit. A frame that waits is shown at the time that it was to be.
    mutating func use(maxFPS: Double?) {
        let new = maxFPS.flatMap { FramePacer(framesPerSecond: $0) }
        if new?.interval != pacer?.interval { pacer = new }
    }

    /// A frame came.
    mutating func take(_ frame: Frame, at arrival: NIODeadline) -> Outcome {
        guard let wait = pacer?.wait(at: arrival) else {
            show(frame, arrival: arrival, at: arrival)
            return .show
        }
        // The first that is held has set the timer.
        defer { held = (frame, arrival) }
        return held == nil ? .wait(wait) : .nothing
    }

    /// The time of the frame that is held may have come; true when it is shown.
    mutating func takeHeld(at now: NIODeadline) -> Bool {
        // A frame that came in time has taken the slot of the one that was held; the next has a timer of its own.
        guard let held, pacer?.wait(at: now) == nil else { return false }
        show(held.frame, arrival: held.arrival, at: now)
        return true
    }

    /// The newest frame is as good as one that comes now.
    mutating func renew(at arrival: NIODeadline) {
        guard let newest else { return }
        self.newest = Hub.Newest(
            frame: newest.frame.renewed(at: .now()), sequence: newest.sequence, arrival: arrival, interval: newest.interval)
    }

    /// Drops the newest frame and the one that waits.
    mutating func forget() {
        newest = nil
        held = nil
    }

    /// Shows a frame that is no news where there is none; true when it is shown.
    mutating func adopt(_ frame: Frame, arrival: NIODeadline) -> Bool {
        guard newest == nil else { return false }
        lastSequence += 1
        newest = Hub.Newest(frame: frame, sequence: lastSequence, arrival: arrival, interval: Self.firstInterval)
        return true
    }

    private mutating func show(_ frame: Frame, arrival: NIODeadline, at now: NIODeadline) {
        pacer?.take(at: now)
        held = nil
        var interval = newest?.interval ?? Self.firstInterval
        if let lastShown {
            // A pause moves the average, but does not become it.
            let last = min(now - lastShown, interval * 8)
            interval = interval - interval / 4 + last / 4
        }
        lastShown = now
        lastSequence += 1
        newest = Hub.Newest(frame: frame, sequence: lastSequence, arrival: arrival, interval: interval)
    }
}
