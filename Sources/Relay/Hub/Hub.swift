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

    /// What the status' rates are made of.
    let meter = Mutex(RateMeter())
    /// Tells this hub's frames from those of another one, or of another run, in entity tags.
    let tag = String(UInt32.random(in: .min ... .max), radix: 36)
    /// What the shards see.
    private let board: Board
    /// Those who wait for the next frame.
    private let waiting = Mutex<[EventLoopPromise<Newest?>]>([])
    /// One per event loop; fixed for life, so that no lock guards the list.
    let shards: [HubShard]
    /// Bytes of the pictures that snapshots took.
    private let snapshotBytes = Atomic<UInt64>(0)
    /// The frames per second that rates leave to each viewer, and the moments of them; nil where nothing is limited.
    private let share = Mutex<(share: RateShares.Share, grid: PaceGrid)?>(nil)
    /// The source's loop: where a frame that may not be shown yet waits, and where few viewers are served.
    private let eventLoop: (any EventLoop)?

    /// Makes a hub with a shard for each loop that serves viewers; `source` is the one on which frames come. It passes on at
    /// most `maxFPS` frames per second, nil for all.
    package init(eventLoops: [any EventLoop], source: (any EventLoop)? = nil, policy: LossPolicy, maxFPS: Double? = nil) {
        let board = Board(policy: policy, maxFPS: maxFPS)
        self.board = board
        shards = eventLoops.map { HubShard(eventLoop: $0, board: board) }
        eventLoop = source ?? eventLoops.first
    }

    /// Who wants this hub's frames.
    var demand: Demand { board.demand }

    /// The newest frame, nil before the first.
    package var newest: Newest? { board.newest }

    /// What viewers get while no new frame comes.
    var policy: LossPolicy { board.policy }

    func use(_ policy: LossPolicy, maxFPS: Double?) {
        board.use(policy, maxFPS: maxFPS)
        for shard in shards where shard.hasViewers { shard.look() }
    }

    /// What goes out at most to one viewer, in bits per second; nil for no limit.
    func use(maxViewerRate: Int?) {
        for shard in shards { shard.use(maxViewerRate: maxViewerRate) }
    }

    /// Has viewers get no more frames than `new` says; nil for all.
    func use(_ new: RateShares.Share?) {
        share.withLock { share in
            guard let new, new.framesPerSecond > 0 else {
                guard share != nil else { return }
                share = nil
                for shard in shards { shard.use(nil) }
                return
            }
            let interval = TimeAmount.nanoseconds(Int64(min(1e9 / new.framesPerSecond, 1e12)))
            let now = NIODeadline.now()
            let grid = share.map { $0.grid.interval == interval ? $0.grid : $0.grid.changed(to: interval, at: now) }
            let isNew = grid == nil || grid != share?.grid
            share = (new, grid ?? PaceGrid(origin: now, interval: interval))
            if isNew { for shard in shards { shard.use(share?.grid) } }
        }
    }

    /// What limits the frames that viewers get; nil where nothing does.
    var limit: RateShares.Share? { share.withLock { $0?.share } }

    /// A snapshot took a picture.
    func countSnapshot(bytes: Int) { snapshotBytes.add(UInt64(bytes), ordering: .relaxed) }

    /// Bytes that went to viewers and snapshots so far.
    var bytesSent: UInt64 { totals.bytesSent &+ snapshotBytes.load(ordering: .relaxed) }

    /// Makes `frame` the newest and wakes each shard that has viewers, at most once until it has looked. With a limit of
    /// frames per second, a frame that comes too early waits for its slot and yields it to a newer one.
    package func publish(_ frame: Frame, at arrival: NIODeadline = .now()) {
        switch board.take(frame, at: arrival) {
        case .show: show()
        case .wait(let time): eventLoop?.scheduleTask(in: time) { self.publishHeld() }
        case .nothing: break
        }
    }

    private func publishHeld() {
        if board.takeHeld(at: eventLoop?.now ?? .now()) { show() }
    }

    /// Has the viewers look at the newest frame, and gives it to those who wait for one.
    private func show() {
        wakeShards()
        giveNewest()
    }

    private func wakeShards() {
        for shard in shards where shard.hasViewers { shard.wake() }
    }

    private func giveNewest() {
        let promises = takeWaiting()
        guard !promises.isEmpty else { return }
        let newest = newest
        for promise in promises { promise.succeed(newest) }
    }

    private func takeWaiting() -> [EventLoopPromise<Newest?>] {
        waiting.withLock { waiting in
            guard !waiting.isEmpty else { return [] }
            defer { waiting = [] }
            return waiting
        }
    }

    /// The camera has no other picture than the newest, which is as good as new: those who wait for a picture get it; the
    /// viewers have it already.
    func renew(at arrival: NIODeadline) {
        board.renew(at: arrival)
        giveNewest()
    }

    /// Takes a picture that another relay, read as a camera, repeats or puts in: it is shown where there is none yet, and
    /// counted nowhere.
    ///
    /// Its age is the difference of both machines' clocks, never negative and at most a day.
    func adopt(_ frame: Frame, at now: NIODeadline) {
        guard frame.kind == .repeat else { return }
        let age = frame.upstreamTimestamp.map { Timestamp.now().microseconds - $0.microseconds } ?? 0
        if board.adopt(frame, arrival: now - .microseconds(max(0, min(age, 86_400_000_000)))) { wakeShards() }
    }

    /// Forgets the newest frame, since the source is switched off or its camera is another one; viewers see what the policy says.
    func forget() {
        board.forget()
        for shard in shards where shard.hasViewers { shard.look() }
    }

    /// The next frame, nil when none comes in time; on `eventLoop`.
    func next(on eventLoop: any EventLoop, within limit: TimeAmount) -> EventLoopFuture<Newest?> {
        let promise = eventLoop.makePromise(of: Newest?.self)
        waiting.withLock { $0.append(promise) }
        let timeout = eventLoop.scheduleTask(in: limit) {
            // Forgotten here too: without frames nobody else would ever empty the list.
            self.waiting.withLock { waiting in waiting.removeAll { $0.futureResult === promise.futureResult } }
            promise.succeed(nil)
        }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        return promise.futureResult
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
    /// none takes a processor from their receivers.
    package func shardForNewViewer(on eventLoop: any EventLoop) -> HubShard? {
        if let source = self.eventLoop, let home = shard(on: source), home.bears(another: newest) { return home }
        return shard(on: eventLoop)
    }

    /// Ends every viewer after its frame in flight, and those who wait for a frame.
    package func endViewers() {
        for shard in shards { shard.endViewers() }
        for promise in takeWaiting() { promise.succeed(nil) }
    }

    /// Ends the viewers that `mayStay` says no of, each after its frame in flight; those whose connections are on their way too.
    func endViewers(unless mayStay: @escaping @Sendable (Admission) -> Bool) {
        for shard in shards { shard.endViewers(unless: mayStay) }
    }

    /// What went to viewers so far, all shards together.
    package var totals: ViewerTotals {
        shards.reduce(into: ViewerTotals()) { $0.add($1.totals) }
    }
}
