import CameraClient
import NIOCore

/// Decides what a source does next: when to dial again, which state to show, and what to log. A value without a clock or sockets;
/// ``Source`` carries its decisions out.
struct SourceStateMachine: Sendable {
    /// What to do after a dial has ended: wait, then dial again.
    struct Retry: Equatable {
        var wait: Duration
        /// Whether this failure has not been logged since frames last flowed for a while.
        var isNews: Bool
        /// Whether the dial had brought frames.
        var hadFrames: Bool
    }

    /// What has been logged last about the source.
    private enum Told {
        case nothing
        /// Frames flow.
        case well
        /// The camera is lost, for reasons of these kinds.
        case lost(Set<CameraError.Kind>)
    }

    /// How long frames must flow before the back-off starts anew, and before a lost camera counts as well again.
    static let steadyAfter = TimeAmount.seconds(10)
    /// New viewers end a source's wait at most this often.
    static let wakeInterval = TimeAmount.seconds(1)
    /// A camera whose streams end after a short time is dialled at most this often.
    static let minDialInterval = TimeAmount.seconds(1)
    /// A camera's longer `Retry-After` is cut to this.
    static let maxRetryAfter = Duration.seconds(300)

    private(set) var state = SourceState.connecting
    /// May be changed while the source runs.
    var backoff: Backoff
    private var failures = 0
    private var refusals = 0
    private var dialBegan: NIODeadline?
    private var firstFrame: NIODeadline?
    private var lastFrame: NIODeadline?
    /// Whether the address that brought frames has failed, and no other address has brought a frame yet in this dial.
    private var isBetweenAddresses = false
    private var lastWake: NIODeadline?
    /// Until when a refused login is not sent again, whoever watches.
    private var refusedUntil: NIODeadline?
    private var told = Told.nothing

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// A published source is in the given state; nothing is dialled.
    mutating func show(_ state: SourceState) { self.state = state }

    /// The source is not enabled.
    mutating func switchOff() { state = .off }

    /// The source's hours are over; earlier failures are forgotten, except a refused login.
    mutating func close() {
        sleep()
        state = .closed
    }

    /// Nobody watches an on-demand source; earlier failures are forgotten, except a refused login.
    mutating func sleep() {
        state = .idle
        failures = 0
        if case .well = told { told = .nothing }
    }

    /// The source is run anew with the same camera and login; earlier failures are forgotten, except a refused login.
    mutating func restart() {
        failures = 0
        if refusedUntil == nil { refusals = 0 }
    }

    /// Whether the camera cannot be read now for another reason than its login. After a refused login no dial may come sooner.
    var isFailing: Bool {
        refusedUntil == nil && (state == .waiting || state == .refused || state == .stalled || (state == .connecting && failures > 0))
    }

    /// How long a refused login must still not be sent; nil when it may be sent. Also shows the state.
    mutating func refusalLeft(at now: NIODeadline) -> Duration? {
        guard let refusedUntil else { return nil }
        guard refusedUntil > now else {
            self.refusedUntil = nil
            return nil
        }
        state = .refused
        return .nanoseconds((refusedUntil - now).nanoseconds)
    }

    /// Whether a viewer who comes at `now` ends the back-off: at most once a second, and never after a refusal.
    mutating func wakes(at now: NIODeadline) -> Bool {
        guard state != .refused, lastWake.map({ now - $0 >= Self.wakeInterval }) ?? true else { return false }
        lastWake = now
        return true
    }

    /// A dial has to wait for a resource of the relay; this is no fault of the camera.
    mutating func holdBack() { state = .waiting }

    /// A dial begins. After a stall the state stays `stalled` until this dial brings a frame or ends.
    mutating func dialing(at now: NIODeadline) {
        dialBegan = now
        firstFrame = nil
        lastFrame = nil
        isBetweenAddresses = false
        if state != .stalled { state = .connecting }
    }

    /// The address that brought frames has failed, and the same dial tries another address of the list.
    mutating func addressEnded(_ error: CameraError) {
        guard state == .streaming else { return }
        isBetweenAddresses = true
        state = error.kind == .stall ? .stalled : .connecting
    }

    /// A frame came; true for the first frame of a dial, or after an address failed.
    mutating func frame(at now: NIODeadline) -> Bool {
        lastFrame = now
        guard firstFrame == nil || isBetweenAddresses else { return false }
        firstFrame = firstFrame ?? now
        isBetweenAddresses = false
        state = .streaming
        refusals = 0
        refusedUntil = nil
        return true
    }

    /// Whether to log at this frame that frames flow: at the first frame, but after a loss only when frames have flowed for a while. True
    /// once.
    mutating func isWellAgain(at now: NIODeadline) -> Bool {
        switch told {
        case .well: return false
        case .lost: guard let firstFrame, now - firstFrame >= Self.steadyAfter else { return false }
        case .nothing: break
        }
        told = .well
        return true
    }

    /// A dial ended with `error`; `fraction` (0…1) is the random number for the back-off.
    mutating func ended(_ error: CameraError, at now: NIODeadline, fraction: Double) -> Retry {
        let flow = firstFrame.flatMap { first in lastFrame.map { $0 - first } }
        var retry = Retry(wait: .zero, isNews: isNews(error), hadFrames: flow != nil)
        switch error.kind {
        case .login:
            state = .refused
            retry.wait = max(refusalWait(from: .seconds(30), to: .seconds(600), jitter: 0.8 + 0.4 * fraction), askedWait(error))
            refusedUntil = now + TimeAmount(retry.wait)
        case .address:
            state = .refused
            retry.wait = refusalWait(from: .seconds(10), to: .seconds(60), jitter: 1)
        case .stall, .failure:
            state = error.kind == .stall ? .stalled : .waiting
            retry.wait = failureWait(error, flow, at: now, fraction: fraction)
        }
        return retry
    }

    /// The wait after a failure. `flow` is how long frames came in the dial; nil where none came.
    private mutating func failureWait(_ error: CameraError, _ flow: TimeAmount?, at now: NIODeadline, fraction: Double) -> Duration {
        if let flow { failures = flow >= Self.steadyAfter ? 0 : max(0, failures - 1) }
        let wait = backoff.wait(after: failures, fraction: fraction)
        if let flow, error.kind == .failure, error.retryAfter == nil {
            // Some cameras end their stream after some seconds, or after each picture. They are dialled again soon, because a long wait
            // would cost pictures.
            let left = dialBegan.map { Self.minDialInterval - (now - $0) } ?? Self.minDialInterval
            return max(flow > TimeAmount(wait) ? .zero : wait, .nanoseconds(max(0, left.nanoseconds)))
        }
        failures += 1
        return max(wait, askedWait(error))
    }

    /// How long the camera asks the relay to wait, within a limit.
    private func askedWait(_ error: CameraError) -> Duration { min(error.retryAfter ?? .zero, Self.maxRetryAfter) }

    private mutating func refusalWait(from first: Duration, to limit: Duration, jitter: Double) -> Duration {
        let wait = min(limit, first * (1 << min(refusals, 10)))
        refusals += 1
        return wait * jitter
    }

    /// Whether to log the end of a dial: the first loss, and each new kind of reason until frames flow again for a while. A camera that
    /// comes and goes is one loss.
    mutating func isNews(_ error: CameraError) -> Bool {
        let kind = error.kind == .stall ? .failure : error.kind
        guard case .lost(let kinds) = told else {
            told = .lost([kind])
            return true
        }
        told = .lost(kinds.union([kind]))
        return !kinds.contains(kind)
    }
}
