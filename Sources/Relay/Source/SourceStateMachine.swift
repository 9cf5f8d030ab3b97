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
    }

    /// Frames must flow for this long before the back-off starts anew.
    static let steadyAfter = TimeAmount.seconds(10)
    /// A camera's `Retry-After` beyond this is not believed.
    static let longestRetryAfter = Duration.seconds(300)

    private(set) var state = SourceState.connecting
    private let backoff: Backoff
    private var failures = 0
    private var refusals = 0
    private var firstFrame: NIODeadline?
    private var lastFrame: NIODeadline?
    private var lastReason: CameraError?

    init(backoff: Backoff) {
        self.backoff = backoff
    }

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
        let isNews = hadFrames || error != lastReason
        lastReason = error
        switch error.kind {
        case .login:
            state = .refused
            return Retry(wait: refusalWait(from: .seconds(30), to: .seconds(600), jitter: 0.8 + 0.4 * fraction), isNews: isNews)
        case .address:
            state = .refused
            return Retry(wait: refusalWait(from: .seconds(10), to: .seconds(60), jitter: 1), isNews: isNews)
        case .stall, .failure:
            state = error.kind == .stall ? .stalled : .waiting
            var wait = backoff.wait(after: failures, fraction: fraction)
            if let retryAfter = error.retryAfter { wait = max(wait, min(retryAfter, Self.longestRetryAfter)) }
            failures += 1
            return Retry(wait: wait, isNews: isNews)
        }
    }

    private mutating func refusalWait(from first: Duration, to longest: Duration, jitter: Double) -> Duration {
        let wait = min(longest, first * (1 << min(refusals, 10)))
        refusals += 1
        return wait * jitter
    }
}
