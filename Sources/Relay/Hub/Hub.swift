import CameraClient
import MJPEG
import NIOCore
import Synchronization

/// Where one source's frames meet its viewers: holds the newest frame and wakes the shards that have someone to show it to.
///
/// It outlives connections to the camera: viewers stay while the upstream is replaced. Any thread may call it; a frame is
/// never queued, a newer one takes its place.
package final class Hub: Sendable {
    /// A frame as the viewers know it.
    package struct Newest: Sendable {
        /// Whole and ready to send.
        package let frame: Frame
        /// Counts the frames of this hub from 1, through all reconnects.
        package let sequence: UInt64
        /// When its last byte came, on the monotonic clock.
        package let arrival: NIODeadline

        /// When its first byte came.
        var start: NIODeadline { arrival - .microseconds(frame.transferMicroseconds) }
    }

    private struct State {
        var newest: Newest?
        /// Those who wait for the next frame.
        var waiting: [EventLoopPromise<Newest?>] = []
        /// The newest frame as a repeat, made once for all viewers.
        var again: Newest?
        var policy: LossPolicy
    }

    /// Who wants this hub's frames.
    let demand = Demand()
    /// What the status' rates are made of.
    let meter = Mutex(RateMeter())
    /// Tells this hub's frames from those of another one, or of another run, in entity tags.
    let tag = String(UInt32.random(in: .min ... .max), radix: 36)
    private let state: Mutex<State>
    /// One per event loop; fixed for life, so that no lock guards the list.
    let shards: [HubShard]

    /// Makes a hub with a shard for each loop that serves viewers.
    package init(eventLoops: [any EventLoop], policy: LossPolicy) {
        state = Mutex(State(policy: policy))
        shards = eventLoops.map { HubShard(eventLoop: $0) }
    }

    /// The newest frame, nil before the first.
    package var newest: Newest? { state.withLock { $0.newest } }

    /// What viewers get while no new frame comes.
    var policy: LossPolicy { state.withLock { $0.policy } }

    func use(_ policy: LossPolicy) {
        state.withLock { $0.policy = policy }
        for shard in shards where shard.hasViewers { shard.look(self) }
    }

    /// Makes `frame` the newest and wakes each shard that has viewers, at most once until it has looked.
    package func publish(_ frame: Frame, at arrival: NIODeadline = .now()) {
        let (newest, waiting) = state.withLock { state in
            let newest = Newest(frame: frame, sequence: (state.newest?.sequence ?? 0) + 1, arrival: arrival)
            state.newest = newest
            state.again = nil
            guard !state.waiting.isEmpty else { return (newest, [EventLoopPromise<Newest?>]()) }
            defer { state.waiting = [] }
            return (newest, state.waiting)
        }
        for shard in shards where shard.hasViewers { shard.wake(self) }
        for promise in waiting { promise.succeed(newest) }
    }

    /// The camera has no other picture than the newest: it is as good as new, and nobody needs it again.
    func renew(at arrival: NIODeadline) {
        state.withLock { state in
            guard let newest = state.newest else { return }
            state.newest = Newest(frame: newest.frame, sequence: newest.sequence, arrival: arrival)
            state.again = nil
        }
    }

    /// Takes a picture that a relay before us repeats or puts in: shown where we have none, counted nowhere.
    ///
    /// Its age is what the clocks of both machines say; a repeat is at least as old as it is long here.
    func adopt(_ frame: Frame, at now: NIODeadline) {
        guard frame.kind == .repeat else { return }
        let age = frame.upstreamTimestamp.map { Timestamp.now().microseconds - $0.microseconds } ?? 0
        let arrival = now - .microseconds(max(0, min(age, 86_400_000_000)))
        let isFirst = state.withLock { state in
            guard state.newest == nil else { return false }
            state.newest = Newest(frame: frame, sequence: 1, arrival: arrival)
            return true
        }
        guard isFirst else { return }
        for shard in shards where shard.hasViewers { shard.wake(self) }
    }

    /// The next frame, nil when none comes in time; on `eventLoop`.
    func next(on eventLoop: any EventLoop, within limit: TimeAmount) -> EventLoopFuture<Newest?> {
        let promise = eventLoop.makePromise(of: Newest?.self)
        state.withLock { $0.waiting.append(promise) }
        let timeout = eventLoop.scheduleTask(in: limit) {
            // Forgotten here too: without frames nobody else would ever empty the list.
            self.state.withLock { state in state.waiting.removeAll { $0.futureResult === promise.futureResult } }
            promise.succeed(nil)
        }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        return promise.futureResult
    }

    /// The newest frame marked as a repeat.
    var again: Newest? {
        state.withLock { state in
            if let again = state.again { return again }
            guard let newest = state.newest else { return nil }
            state.again = Newest(frame: newest.frame.repeated(), sequence: newest.sequence, arrival: newest.arrival)
            return state.again
        }
    }

    /// Whether every shard with viewers has offered them the newest frame.
    var isSettled: Bool { shards.allSatisfy { $0.isSettled } }

    /// The shard for viewers on `eventLoop`, nil for a loop that serves none.
    package func shard(on eventLoop: any EventLoop) -> HubShard? {
        shards.first { $0.eventLoop === eventLoop }
    }

    /// Ends every viewer after its frame in flight, and those who wait for a frame.
    package func endViewers() {
        for shard in shards { shard.endViewers() }
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for promise in waiting { promise.succeed(nil) }
    }

    /// What went to viewers so far, all shards together.
    package var totals: ViewerTotals {
        shards.reduce(into: ViewerTotals()) { $0.add($1.totals) }
    }
}
