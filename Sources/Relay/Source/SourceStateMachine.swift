import CameraClient
import NIOCore

/// Decides what a source does next: when to dial again, and what state to show. A value without clock or sockets;
/// ``Source`` carries its decisions out.
struct SourceStateMachine: Sendable {
    /// What to do after a dial has ended: wait, then dial again.
    struct Retry: Equatable {
        var wait: Duration
        /// Whether the operator has not heard this reason since frames last flowed.
        var isNews: Bool
        /// Whether frames had come in this dial.
        var hadFrames: Bool
    }

    /// Frames must flow for this long before the back-off starts anew.
    static let steadyAfter = TimeAmount.seconds(10)
    /// Viewers wake a waiting source at most this often.
    static let wakeInterval = TimeAmount.seconds(1)
    /// A camera's `Retry-After` beyond this is not believed.
    static let longestRetryAfter = Duration.seconds(300)

    private(set) var state = SourceState.connecting
    /// May change while the source runs.
    var backoff: Backoff
    private var failures = 0
    private var refusals = 0
    private var firstFrame: NIODeadline?
    private var lastFrame: NIODeadline?
    private var lastReason: CameraError?
    private var lastWake: NIODeadline?

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// The source is not enabled.
    mutating func switchOff() { state = .off }

    /// Nobody watches an on-demand source; what failed before is forgotten.
    mutating func rest() {
        state = .idle
        failures = 0
    }

    /// Whether a viewer who comes at `now` ends the back-off: not more than once a second, and never a refusal.
    mutating func wakes(at now: NIODeadline) -> Bool {
        guard state != .refused, lastWake.map({ now - $0 >= Self.wakeInterval }) ?? true else { return false }
        lastWake = now
        return true
    }

    /// A dial has to wait for something of ours, so the camera is not to blame.
    mutating func holdBack() { state = .waiting }

    /// A dial begins. After a stall the state stays `stalled` until this dial brings a frame or ends.
    mutating func dialing() {
        firstFrame = nil
        lastFrame = nil
        if state != .stalled { state = .connecting }
    }

    /// A frame came; true when this is the first since the dial.
    mutating func frame(at now: NIODeadline) -> Bool {
        lastFrame = now
        guard firstFrame == nil else { return false }
        firstFrame = now
        state = .streaming
        refusals = 0
        return true
    }

    /// A dial ended for `error`; `fraction` (0…1) is the draw for the back-off.
    mutating func ended(_ error: CameraError, fraction: Double) -> Retry {
        let hadFrames = firstFrame != nil
        if let firstFrame, let lastFrame, lastFrame - firstFrame >= Self.steadyAfter { failures = 0 }
        // A camera of single pictures ends after each: that is told once.
        let isNews = error != lastReason || (hadFrames && error != .singlePicture)
        lastReason = error
        switch error.kind {
        case .login:
            state = .refused
            return Retry(
                wait: refusalWait(from: .seconds(30), to: .seconds(600), jitter: 0.8 + 0.4 * fraction), isNews: isNews, hadFrames: hadFrames
            )
        case .address:
            state = .refused
            return Retry(wait: refusalWait(from: .seconds(10), to: .seconds(60), jitter: 1), isNews: isNews, hadFrames: hadFrames)
        case .stall, .failure:
            state = error.kind == .stall ? .stalled : .waiting
            var wait = backoff.wait(after: failures, fraction: fraction)
            if let retryAfter = error.retryAfter { wait = max(wait, min(retryAfter, Self.longestRetryAfter)) }
            failures += 1
            return Retry(wait: wait, isNews: isNews, hadFrames: hadFrames)
        }
    }

    private mutating func refusalWait(from first: Duration, to longest: Duration, jitter: Double) -> Duration {
        let wait = min(longest, first * (1 << min(refusals, 10)))
        refusals += 1
        return wait * jitter
    }
}
