import CameraClient
import NIOCore

/// Decides what a source does next: when to dial again, what state to show, and what is worth a line in the log. A value without
/// clock or sockets; ``Source`` carries its decisions out.
struct SourceStateMachine: Sendable {
    /// What to do after a dial has ended: wait, then dial again.
    struct Retry: Equatable {
        var wait: Duration
        /// Whether the operator has not heard of this since frames last flowed for a while.
        var isNews: Bool
        /// Whether frames had come in this dial.
        var hadFrames: Bool
    }

    /// What the operator has been told since the source began.
    private enum Told {
        case nothing
        /// That frames flow.
        case well
        /// That the camera is lost, for reasons of these kinds.
        case lost(Set<CameraError.Kind>)
    }

    /// For so long frames must flow before the back-off starts anew, and before a camera that was lost counts as well.
    static let steadyAfter = TimeAmount.seconds(10)
    /// Viewers wake a waiting source at most this often.
    static let wakeInterval = TimeAmount.seconds(1)
    /// A camera whose streams end soon is dialled at most this often.
    static let minDialInterval = TimeAmount.seconds(1)
    /// A camera's `Retry-After` beyond this is not believed.
    static let maxRetryAfter = Duration.seconds(300)

    private(set) var state = SourceState.connecting
    /// May change while the source runs.
    var backoff: Backoff
    private var failures = 0
    private var refusals = 0
    private var dialBegan: NIODeadline?
    private var firstFrame: NIODeadline?
    private var lastFrame: NIODeadline?
    /// Whether the address that frames came from has failed, and no other has brought one yet in this dial.
    private var isBetweenAddresses = false
    private var lastWake: NIODeadline?
    /// Until when a login that was refused is not sent again, whoever watches.
    private var refusedUntil: NIODeadline?
    private var told = Told.nothing

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// A published source is in this state; nobody dials.
    mutating func show(_ state: SourceState) { self.state = state }

    /// The source is not enabled.
    mutating func switchOff() { state = .off }

    /// It is outside of the source's hours; what failed before is forgotten, but for a refused login.
    mutating func close() {
        sleep()
        state = .closed
    }

    /// Nobody watches an on-demand source; what failed before is forgotten, but for a refused login.
    mutating func sleep() {
        state = .idle
        failures = 0
        if case .well = told { told = .nothing }
    }

    /// The source is run anew with the same camera and login: nothing but a refused login is held against it.
    mutating func restart() {
        failures = 0
        if refusedUntil == nil { refusals = 0 }
    }

    /// Whether the camera cannot be read now, for another reason than its login: that one is not to be sent sooner.
    var isFailing: Bool {
        refusedUntil == nil && (state == .waiting || state == .refused || state == .stalled || (state == .connecting && failures > 0))
    }

    /// How long a refused login is still not to be sent, nil when it may be. Shows that.
    mutating func refusalLeft(at now: NIODeadline) -> Duration? {
        guard let refusedUntil else { return nil }
        guard refusedUntil > now else {
            self.refusedUntil = nil
            return nil
        }
        state = .refused
        return .nanoseconds((refusedUntil - now).nanoseconds)
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
    mutating func dialing(at now: NIODeadline) {
        dialBegan = now
        firstFrame = nil
        lastFrame = nil
        isBetweenAddresses = false
        if state != .stalled { state = .connecting }
    }

    /// The address that frames came from has failed, and another one of the list is tried in the same dial.
    mutating func addressEnded(_ error: CameraError) {
        guard state == .streaming else { return }
        isBetweenAddresses = true
        state = error.kind == .stall ? .stalled : .connecting
    }

    /// A frame came; true when this is the first since the dial, or since an address failed.
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

    /// Whether the operator is to be told, at a frame, that frames flow: at the first one, but after a loss only when they have
    /// flowed for a while. True once.
    mutating func isWellAgain(at now: NIODeadline) -> Bool {
        switch told {
        case .well: return false
        case .lost: guard let firstFrame, now - firstFrame >= Self.steadyAfter else { return false }
        case .nothing: break
        }
        told = .well
        return true
    }

    /// A dial ended for `error`; `fraction` (0…1) is the draw for the back-off.
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

    /// The wait after a failure. `flow` is how long frames came in the dial, nil where none did.
    private mutating func failureWait(_ error: CameraError, _ flow: TimeAmount?, at now: NIODeadline, fraction: Double) -> Duration {
        if let flow { failures = flow >= Self.steadyAfter ? 0 : max(0, failures - 1) }
        let wait = backoff.wait(after: failures, fraction: fraction)
        if let flow, error.kind == .failure, error.retryAfter == nil {
            // Some cameras end their stream after some seconds, or after each picture: they bring more than a wait would save.
            let left = dialBegan.map { Self.minDialInterval - (now - $0) } ?? Self.minDialInterval
            return max(flow > TimeAmount(wait) ? .zero : wait, .nanoseconds(max(0, left.nanoseconds)))
        }
        failures += 1
        return max(wait, askedWait(error))
    }

    /// How long the camera asks us to stay away, as far as it is believed.
    private func askedWait(_ error: CameraError) -> Duration { min(error.retryAfter ?? .zero, Self.maxRetryAfter) }

    private mutating func refusalWait(from first: Duration, to limit: Duration, jitter: Double) -> Duration {
        let wait = min(limit, first * (1 << min(refusals, 10)))
        refusals += 1
        return wait * jitter
    }

    /// Whether the end of a dial is worth a line: the first loss, and each new kind of reason until frames flow again for a while. A
    /// camera that comes and goes is one loss, whatever it says each time.
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
