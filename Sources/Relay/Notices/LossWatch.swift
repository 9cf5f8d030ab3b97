import NIOCore

/// Decides what is told of one source by one entry of `notify`. A value without clock.
///
/// A camera is lost once it has not been well for `after`, and back once it has been well for ``steadyAfter``, or for `after` where that
/// is shorter: one that comes and goes is one loss. "Back" is told only where "lost" was. What happens while a message is under way is
/// not queued: when it has arrived, what holds then is told, if that is something else.
struct LossWatch: Sendable {
    /// For so long a camera must be well before it is.
    static let steadyAfter = SourceStateMachine.steadyAfter

    /// May change.
    var after: TimeAmount
    private var lostSince: NIODeadline?
    private var reason = ""
    private var publicReason = ""
    /// Whether the receiver has been told of a loss that is not over for it.
    private(set) var isTold = false
    /// Whether this loss could not be told; no more is said of it.
    private var hasFailed = false
    private(set) var isBusy = false

    init(after: Duration) {
        self.after = TimeAmount(after)
    }

    /// Looks at a source's state, which holds since `since`; returns what is to be told now, if that `mayTell`. A message that is
    /// returned is under way until ``ended(_:hasArrived:)``.
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
            // Nobody wants it: whatever it was about to be told of is void.
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

    /// A message has arrived, or was given up.
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
