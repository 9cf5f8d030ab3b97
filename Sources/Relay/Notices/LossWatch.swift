import NIOCore

/// Decides which notices one entry of `notify` gets about one source. A value without a clock.
///
/// A camera is lost once it has not been well for `after`, and back once it has been well for ``steadyAfter``, or for `after` if that is
/// shorter. So a camera that comes and goes is one loss. "Back" is sent only to a receiver that got "lost". No notices are queued: when a
/// notice has arrived, the next one is about the camera's state at that time, if the receiver does not know that state yet.
struct LossWatch: Sendable {
    /// How long a camera must be well before it is back.
    static let steadyAfter = SourceStateMachine.steadyAfter

    /// May be changed at any time.
    var after: TimeAmount
    private var lostSince: NIODeadline?
    private var reason = ""
    private var publicReason = ""
    /// Whether the receiver has got "lost", and not "back" yet.
    private(set) var isTold = false
    /// Whether the notice of this loss could not be delivered; no further notice of this loss is sent.
    private var hasFailed = false
    private(set) var isBusy = false

    init(after: Duration) {
        self.after = TimeAmount(after)
    }

    /// Looks at a source's state, which has lasted since `since`, and returns the notice that is due now, if `mayTell` allows one. The
    /// notice is under way until ``ended(_:hasArrived:)``.
    mutating func look(
        _ source: String, _ state: SourceState, since: NIODeadline, reason: (String, String)?, at now: NIODeadline, mayTell: Bool = true
    ) -> Notice? {
        switch state {
        case .streaming:
            guard now - since >= min(after, Self.steadyAfter) else { return nil }
            if !isTold, !isBusy { forget() }
            guard isTold, !isBusy, mayTell else { return nil }
            isBusy = true
            return notice(source, .back, seconds: lostSince.map { since - $0 })
        case _ where state.isWell:
            // Nobody wants the camera now, so a loss or return that was about to be told is void.
            if !isTold, !isBusy { forget() }
            return nil
        default:
            let begin = lostSince ?? min(since, now)
            lostSince = begin
            if let reason { (self.reason, publicReason) = reason }
            guard !isTold, !isBusy, !hasFailed, mayTell, now - begin >= after else { return nil }
            isBusy = true
            return notice(source, .lost, seconds: now - begin)
        }
    }

    /// A notice has arrived, or was given up.
    mutating func ended(_ state: Notice.State, hasArrived: Bool) {
        isBusy = false
        switch state {
        case .lost:
            isTold = hasArrived
            hasFailed = !hasArrived
        case .back:
            isTold = false
            forget()
        }
    }

    private mutating func forget() {
        lostSince = nil
        hasFailed = false
        (reason, publicReason) = ("", "")
    }

    private func notice(_ source: String, _ state: Notice.State, seconds: TimeAmount?) -> Notice {
        let seconds = max(0, (seconds ?? .zero).nanoseconds / 1_000_000_000)
        let unknown = "no picture came"
        return Notice(
            source: source, state: state, reason: reason.isEmpty ? unknown : reason,
            publicReason: publicReason.isEmpty ? unknown : publicReason, seconds: Int(seconds))
    }
}
