import NIOCore

/// Decides how a row of polls goes on after a bad answer: a camera that gave pictures is asked again until the stall timeout, and how
/// long each of these polls may take leaves time for another. A value without a clock.
struct PollingPace {
    private var lastGood: NIODeadline?
    /// Whether the poll before fell silent, so that the next one gets all the time that is left: some cameras are that slow.
    private var wasSilent = false
    private var refusals = 0

    /// The longest wait for an answer's head and the longest silence in it; nil for as long as the settings allow.
    func limits(stallTimeout: Duration, at now: NIODeadline) -> (wait: Duration?, silence: Duration?) {
        guard let lastGood else { return (nil, nil) }
        guard wasSilent else { return (stallTimeout / 2, stallTimeout / 3) }
        let left = max(.milliseconds(100), stallTimeout - .nanoseconds((now - lastGood).nanoseconds))
        return (left, left)
    }

    /// A picture came, or the camera says that it has no other one.
    mutating func good(at now: NIODeadline) {
        lastGood = now
        wasSilent = false
        refusals = 0
    }

    /// When the camera is to be asked again after `error`, at the earliest; nil where it is lost.
    ///
    /// - Parameter mayLogInAgain: whether the camera has taken the login before, so that one refusal may be a mistake of the camera.
    ///   The second in a row is none, since cameras lock accounts.
    mutating func bad(
        _ error: CameraError, interval: Duration, stallTimeout: Duration, mayLogInAgain: Bool, hasLogin: Bool, at now: NIODeadline
    ) -> NIODeadline? {
        switch error.cause {
        case .stalled, .connection: wasSilent = true
        default: wasSilent = false
        }
        guard isPassing(error, mayLogInAgain: mayLogInAgain, hasLogin: hasLogin), let lastGood else { return nil }
        let end = lastGood + TimeAmount(stallTimeout)
        guard now + TimeAmount(interval) < end else { return nil }
        // The camera's wish is met as far as the last picture's age allows.
        let latest = end - TimeAmount(max(interval, stallTimeout / 4))
        return error.retryAfter.map { min(now + TimeAmount(min($0, stallTimeout)), latest) } ?? now
    }

    private mutating func isPassing(_ error: CameraError, mayLogInAgain: Bool, hasLogin: Bool) -> Bool {
        switch error {
        case .cancelled, .ended, .certificate: return false
        default: break
        }
        guard error.kind == .login, hasLogin else { return true }
        refusals += 1
        return mayLogInAgain && refusals == 1
    }
}
