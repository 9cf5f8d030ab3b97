import MJPEG
import NIOCore
import Synchronization

/// What a hub and its shards share: the newest frame, what viewers get in its place, and who wants it. Any thread may call it.
///
/// The lock is held for looks and swaps only: frames are copied outside of it.
package final class Board: Sendable {
    private struct State {
        /// The newest frame, and the one that may not be shown yet.
        var frames: PacedFrames
        /// The newest frame as a repeat, made once for all viewers; nil until somebody asks.
        var again: Hub.Newest?
        var policy: LossPolicy
    }

    /// Who wants the frames.
    let demand = Demand()
    private let state: Mutex<State>

    init(policy: LossPolicy, maxFPS: Double?) {
        state = Mutex(State(frames: PacedFrames(maxFPS: maxFPS), policy: policy))
    }

    /// The newest frame, nil before the first.
    var newest: Hub.Newest? { state.withLock { $0.frames.newest } }

    /// What viewers get while no new frame comes.
    var policy: LossPolicy { state.withLock { $0.policy } }

    func use(_ policy: LossPolicy, maxFPS: Double?) {
        state.withLock { state in
            state.policy = policy
            state.frames.use(maxFPS: maxFPS)
        }
    }

    /// A frame came; what becomes of it.
    func take(_ frame: Frame, at arrival: NIODeadline) -> PacedFrames.Outcome {
        state.withLock { state in
            let outcome = state.frames.take(frame, at: arrival)
            if outcome == .show { state.again = nil }
            return outcome
        }
    }

    /// The time of the frame that is held may have come; true when it is shown.
    func takeHeld(at now: NIODeadline) -> Bool {
        state.withLock { state in
            guard state.frames.takeHeld(at: now) else { return false }
            state.again = nil
            return true
        }
    }

    /// The newest frame is as good as one that comes now.
    func renew(at arrival: NIODeadline) {
        guard let old = newest else { return }
        let frame = old.frame.renewed(at: .now())
        state.withLock { state in
            guard state.frames.newest?.sequence == old.sequence else { return }
            state.frames.renew(with: frame, at: arrival)
            state.again = nil
        }
    }

    /// Shows a frame that another relay repeats or puts in, where there is no frame yet; true when it is shown.
    func adopt(_ frame: Frame, arrival: NIODeadline) -> Bool {
        state.withLock { $0.frames.adopt(frame, arrival: arrival) }
    }

    /// Forgets the newest frame: what comes next is another camera's, or none. Numbers go on.
    func forget() {
        state.withLock { state in
            state.frames.forget()
            state.again = nil
        }
    }

    /// The newest frame marked as a repeat, nil before the first.
    var again: Hub.Newest? {
        let (known, newest) = state.withLock { ($0.again, $0.frames.newest) }
        if let known { return known }
        guard let newest else { return nil }
        let again = Hub.Newest(
            frame: newest.frame.repeated(), sequence: newest.sequence, arrival: newest.arrival, interval: newest.interval)
        state.withLock { state in
            if let now = state.frames.newest, now.sequence == again.sequence, now.arrival == again.arrival { state.again = again }
        }
        return again
    }

    /// The picture that says that the stream has ended.
    func endedFrame() -> Frame? { Frame(jpeg: Placeholder.ended, timestamp: .now(), kind: .placeholder) }

    /// The policy's placeholder as a part for viewers; it has no sequence number of its own.
    func placeholder(_ policy: LossPolicy, at now: NIODeadline) -> Hub.Newest? {
        let newest = newest
        return Frame(jpeg: policy.placeholder, timestamp: .now(), kind: .placeholder).map {
            Hub.Newest(frame: $0, sequence: newest?.sequence ?? 0, arrival: now, interval: newest?.interval ?? .zero)
        }
    }
}
