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
        /// The time between two frames of late.
        let interval: TimeAmount

        /// When its first byte came.
        var start: NIODeadline { arrival - .microseconds(frame.transferMicroseconds) }
    }

    private struct State {
        /// The newest frame, and the one that may not be shown yet.
        var frames: PacedFrames
        /// Those who wait for the next frame.
        var waiting: [EventLoopPromise<Newest?>] = []
        /// The newest frame as a repeat, made once for all viewers.
        var again: Newest?
        var policy: LossPolicy

        /// Takes out those who wait.
        mutating func takeWaiting() -> [EventLoopPromise<Newest?>] {
            guard !waiting.isEmpty else { return [] }
            defer { waiting = [] }
            return waiting
        }

        /// The newest frame has changed: forgets its repeat, and takes out those who wait for it.
        mutating func takeNews() -> (newest: Newest?, waiting: [EventLoopPromise<Newest?>]) {
            again = nil
            return (frames.newest, takeWaiting())
        }
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
    /// The source's loop: where a frame that may not be shown yet waits, and where few viewers are served.
    private let eventLoop: (any EventLoop)?

    /// Makes a hub with a shard for each loop that serves viewers; `source` is the one on which frames come. It passes on at
    /// most `maxFPS` frames per second, nil for all.
    package init(eventLoops: [any EventLoop], source: (any EventLoop)? = nil, policy: LossPolicy, maxFPS: Double? = nil) {
        state = Mutex(State(frames: PacedFrames(maxFPS: maxFPS), policy: policy))
        shards = eventLoops.map { HubShard(eventLoop: $0) }
        eventLoop = source ?? eventLoops.first
    }

    /// The newest frame, nil before the first.
    package var newest: Newest? { state.withLock { $0.frames.newest } }

    /// What viewers get while no new frame comes.
    var policy: LossPolicy { state.withLock { $0.policy } }

    func use(_ policy: LossPolicy, maxFPS: Double?) {
        state.withLock { state in
            state.policy = policy
            state.frames.use(maxFPS: maxFPS)
        }
        for shard in shards where shard.hasViewers { shard.look(self) }
    }

    /// Makes `frame` the newest and wakes each shard that has viewers, at most once until it has looked. With a limit of
    /// frames per second, a frame that comes too early waits for its slot and yields it to a newer one.
    package func publish(_ frame: Frame, at arrival: NIODeadline = .now()) {
        switch state.withLock({ $0.frames.take(frame, at: arrival) }) {
        case .show: show()
        case .wait(let time): eventLoop?.scheduleTask(in: time) { self.publishHeld() }
        case .nothing: break
        }
    }

    private func publishHeld() {
        let now = eventLoop?.now ?? .now()
        if state.withLock({ $0.frames.takeHeld(at: now) }) { show() }
    }

    /// Has everyone who waits for it look at the newest frame.
    private func show() {
        let (newest, waiting) = state.withLock { $0.takeNews() }
        for shard in shards where shard.hasViewers { shard.wake(self) }
        for promise in waiting { promise.succeed(newest) }
    }

    /// Drops the newest frame, and one that waits for its slot: it is of another camera, or not to be seen any more.
    func forget() {
        state.withLock { state in
            state.frames.forget()
            state.again = nil
        }
        for shard in shards where shard.hasViewers { shard.look(self) }
    }

    /// The camera has no other picture than the newest: it is as good as new. Those who wait for a picture get it, the viewers
    /// have it.
    func renew(at arrival: NIODeadline) {
        let (newest, waiting) = state.withLock { state in
            state.frames.renew(at: arrival)
            return state.takeNews()
        }
        for promise in waiting { promise.succeed(newest) }
    }

    /// Takes a picture that a relay before us repeats or puts in: shown where we have none, counted nowhere.
    ///
    /// Its age is what the clocks of both machines say; a repeat is at least as old as it is long here.
    func adopt(_ frame: Frame, at now: NIODeadline) {
        guard frame.kind == .repeat else { return }
        let age = frame.upstreamTimestamp.map { Timestamp.now().microseconds - $0.microseconds } ?? 0
        let arrival = now - .microseconds(max(0, min(age, 86_400_000_000)))
        guard state.withLock({ $0.frames.adopt(frame, arrival: arrival) }) else { return }
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
            guard let newest = state.frames.newest else { return nil }
            state.again = Newest(
                frame: newest.frame.repeated(), sequence: newest.sequence, arrival: newest.arrival, interval: newest.interval)
            return state.again
        }
    }

    /// Whether every shard with viewers has offered them the newest frame.
    var isSettled: Bool { shards.allSatisfy { $0.isSettled } }

    /// The shard for viewers on `eventLoop`, nil for a loop that serves none.
    package func shard(on eventLoop: any EventLoop) -> HubShard? {
        shards.first { $0.eventLoop === eventLoop }
    }

    /// The shard for a new viewer whose connection is on `eventLoop`; it may be that of another loop.
    ///
    /// As long as one loop can bear it, all viewers are served where frames come: no other loop has to be woken for them, and
    /// none takes a processor from their receivers. Processor time per delivered byte with 50 cameras of 10 frames/s and 4
    /// viewers each: a sixth less; with 1000 viewers of 30 frames/s of 50 KB on two processors: a quarter less.
    package func shardForNewViewer(on eventLoop: any EventLoop) -> HubShard? {
        if let source = self.eventLoop, let home = shard(on: source), home.bears(another: newest) { return home }
        return shard(on: eventLoop)
    }

    /// Ends every viewer after its frame in flight, and those who wait for a frame.
    package func endViewers() {
        for shard in shards { shard.endViewers() }
        let waiting = state.withLock { $0.takeWaiting() }
        for promise in waiting { promise.succeed(nil) }
    }

    /// What went to viewers so far, all shards together.
    package var totals: ViewerTotals {
        shards.reduce(into: ViewerTotals()) { $0.add($1.totals) }
    }
}
