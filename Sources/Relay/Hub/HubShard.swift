import CameraClient
import Glibc
import MJPEG
import NIOCore
import Synchronization

/// A hub's viewers on one event loop: offers each of them the newest frame, without a lock and without a hand-over.
package final class HubShard: Sendable {
    /// What only `eventLoop` touches.
    private struct Local {
        var viewers: [Viewer] = []
        /// Whether the hub's end has come; who comes later is ended at once.
        var hasEnded = false
        /// Says whether somebody may watch, for those who were let in before that changed; nil while it never has.
        var mayStay: (@Sendable (Admission) -> Bool)?
        var dataURL = DataURL()
        var delay = DelayHistogram()
        /// Looks at the viewers while there are any.
        var timer: Scheduled<Void>?
        /// When those that could not take the newest frame are offered it again, if any want it sooner than the next comes.
        var nextOffer: (deadline: NIODeadline, timer: Scheduled<Void>)?
        /// What slows its viewers down.
        var pace = SharedPace()
        /// Where the last round of offers began.
        var rotation: UInt = 0
        /// The loop's thread's processor time when the viewers were last looked after.
        var lastUse: (at: NIODeadline, processorTime: Int64)?
    }

    /// So many viewers cost less than waking another loop for them.
    private static let few = 16
    /// Per mille of a processor's time from which on a loop is given no more than ``few``.
    private static let busy = 600

    /// The loop that all viewers of this shard live on.
    package let eventLoop: any EventLoop
    /// What the hub shows.
    let board: Board
    private let local: NIOLoopBoundBox<Local>
    private let viewerCount = Atomic<Int>(0)
    /// True from a wake until the shard has taken the newest frame.
    private let isAwake = Atomic<Bool>(false)
    /// True while the shard offers a frame.
    private let isOffering = Atomic<Bool>(false)
    // Written on `eventLoop` only, read anywhere.
    /// The share of time that the loop's thread is busy, for whatever, in per mille.
    private let busyness = Atomic<Int>(0)
    private let framesSent = Atomic<UInt64>(0)
    private let framesSkipped = Atomic<UInt64>(0)
    private let bytesSent = Atomic<UInt64>(0)

    init(eventLoop: any EventLoop, board: Board) {
        self.eventLoop = eventLoop
        self.board = board
        local = .makeBoxSendingValue(Local(), eventLoop: eventLoop)
    }

    /// Whether there is anyone to wake for; any thread.
    var hasViewers: Bool { viewerCount.load(ordering: .sequentiallyConsistent) > 0 }

    /// Whether there is nobody here who has not been offered the newest frame; any thread.
    var isSettled: Bool {
        !hasViewers || !isAwake.load(ordering: .sequentiallyConsistent) && !isOffering.load(ordering: .sequentiallyConsistent)
    }

    /// What went to this shard's viewers, gone ones included; any thread.
    var totals: ViewerTotals {
        ViewerTotals(
            viewers: viewerCount.load(ordering: .relaxed),
            framesSent: framesSent.load(ordering: .relaxed),
            framesSkipped: framesSkipped.load(ordering: .relaxed),
            bytesSent: bytesSent.load(ordering: .relaxed)
        )
    }

    /// Whether there may be one more viewer of frames like `newest` here before other loops help: few always, and more as long
    /// as sending to all of them takes less than two fifths of the time between two frames; any thread.
    func bears(another newest: Hub.Newest?) -> Bool {
        let viewers = viewerCount.load(ordering: .relaxed)
        guard viewers >= Self.few else { return true }
        guard let newest, busyness.load(ordering: .relaxed) < Self.busy else { return false }
        // What a send of 20 to 100 KB takes, in nanoseconds.
        let cost = 3000 + newest.frame.jpegLength / 5
        return (viewers + 1) * cost < Int(newest.interval.nanoseconds) * 2 / 5
    }

    /// Has the shard look for a newer frame, at once on its own loop; any thread. While one look is due, further calls cost
    /// nothing.
    func wake() {
        guard !eventLoop.inEventLoop else { return deliver() }
        guard !isAwake.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { self.deliver() }
    }

    /// Has the shard look after its viewers now, without a new frame; any thread.
    func look() {
        eventLoop.execute { self.lookAfterViewers() }
    }

    /// Ends every viewer, and who comes later, after its frame in flight; any thread.
    func endViewers() {
        eventLoop.execute {
            self.local.value.hasEnded = true
            let ended = self.board.endedFrame()
            for viewer in self.local.value.viewers { viewer.end(showing: ended) }
        }
    }

    /// Ends the viewers that `mayStay` says no of, after their frames in flight, and those who come later; any thread.
    func endViewers(unless mayStay: @escaping @Sendable (Admission) -> Bool) {
        eventLoop.execute {
            self.local.value.mayStay = mayStay
            let ended = self.board.endedFrame()
            for viewer in self.local.value.viewers where !mayStay(viewer.admission) { viewer.end(showing: ended) }
        }
    }

    /// Takes over what one viewer is sent at most; any thread.
    func use(maxViewerRate: Int?) {
        eventLoop.execute { self.local.value.pace.maxViewerRate = maxViewerRate }
    }

    /// Takes over when its viewers may take frames; any thread.
    func use(_ grid: PaceGrid?) {
        eventLoop.execute {
            let old = self.local.value.pace.grid
            self.local.value.pace.grid = grid
            // Those who wait for a moment of the old grid may have one sooner.
            if old != nil, grid == nil { self.offerNewest() }
        }
    }

    /// What slows its viewers down; on `eventLoop`.
    var pace: SharedPace { local.value.pace }

    /// Adds a viewer and gives it what is to be seen at once; on `eventLoop`.
    func add(_ viewer: Viewer) {
        eventLoop.assertInEventLoop()
        viewer.index = local.value.viewers.count
        local.value.viewers.append(viewer)
        // Counted before the look at the newest frame: a frame that is published meanwhile is either seen here or wakes us.
        viewerCount.store(local.value.viewers.count, ordering: .sequentiallyConsistent)
        board.demand.viewerCame(maxFPS: viewer.maxFPS)
        offerAgain(at: viewer.begin(at: eventLoop.now))
        if local.value.timer == nil { scheduleLook() }
        // One whose connection was on its way here from another loop meanwhile.
        if local.value.hasEnded || local.value.mayStay?(viewer.admission) == false { viewer.end(showing: board.endedFrame()) }
    }

    /// Forgets a viewer; on `eventLoop`. A second call does nothing.
    func remove(_ viewer: Viewer) {
        eventLoop.assertInEventLoop()
        guard let index = viewer.index else { return }
        viewer.index = nil
        let last = local.value.viewers.removeLast()
        if last !== viewer {
            last.index = index
            local.value.viewers[index] = last
        }
        viewerCount.store(local.value.viewers.count, ordering: .sequentiallyConsistent)
        board.demand.viewerLeft(maxFPS: viewer.maxFPS)
        if local.value.viewers.isEmpty {
            local.value.timer?.cancel()
            local.value.timer = nil
            local.value.nextOffer?.timer.cancel()
            local.value.nextOffer = nil
        }
    }

    /// `newest` as the text that a WebSocket viewer of the older form is sent; on `eventLoop`.
    func dataURL(of newest: Hub.Newest) -> ByteBuffer {
        local.value.dataURL.text(of: newest)
    }

    /// Counts a frame handed to the kernel; on `eventLoop`. One writer, so a load and a store are enough.
    func countSent(bytes: Int) {
        framesSent.store(framesSent.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        bytesSent.store(bytesSent.load(ordering: .relaxed) &+ UInt64(bytes), ordering: .relaxed)
    }

    /// Counts frames that a viewer missed; on `eventLoop`.
    func countSkipped(_ frames: UInt64) {
        framesSkipped.store(framesSkipped.load(ordering: .relaxed) &+ frames, ordering: .relaxed)
    }

    /// What this shard knows; on `eventLoop`.
    func report(listsViewers: Bool) -> HubReport {
        let viewers = listsViewers ? local.value.viewers.prefix(HubReport.maxViewers).map(\.report) : []
        return HubReport(viewers: viewers, delay: local.value.delay)
    }

    /// Counts how long a frame took through the relay; on `eventLoop`.
    func note(delay: TimeAmount) { local.value.delay.add(delay) }

    /// Has the newest frame offered once more at `deadline`, for viewers that may take it then; nil changes nothing. On
    /// `eventLoop`.
    func offerAgain(at deadline: NIODeadline?) {
        guard let deadline else { return }
        if let next = local.value.nextOffer {
            guard deadline < next.deadline else { return }
            next.timer.cancel()
        }
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            // One that was cancelled too late is not the one that is due.
            guard self.local.value.nextOffer?.deadline == deadline else { return }
            self.local.value.nextOffer = nil
            self.offerNewest()
        }
        local.value.nextOffer = (deadline, timer)
    }

    private func deliver() {
        isOffering.store(true, ordering: .sequentiallyConsistent)
        defer { isOffering.store(false, ordering: .sequentiallyConsistent) }
        // Cleared before the look: a frame that comes later wakes again.
        isAwake.store(false, ordering: .sequentiallyConsistent)
        offerNewest()
    }

    /// Offers the newest frame to each viewer that has not got it.
    private func offerNewest() {
        guard let newest = board.newest else { return }
        let viewers = local.value.viewers
        guard !viewers.isEmpty else { return }
        // When the way out is full, whoever comes first gets the room that there is: each time it is another one.
        local.value.rotation &+= 2_654_435_761
        let start = Int(local.value.rotation % UInt(viewers.count))
        let (now, pace) = (eventLoop.now, local.value.pace)
        var next = NIODeadline.distantFuture
        for viewer in viewers[start...] { next = min(next, viewer.offer(newest, at: now, pace) ?? next) }
        for viewer in viewers[..<start] { next = min(next, viewer.offer(newest, at: now, pace) ?? next) }
        if next < .distantFuture { offerAgain(at: next) }
    }

    private func scheduleLook() {
        local.value.timer = eventLoop.scheduleTask(in: board.policy.interval) {
            self.lookAfterViewers()
            if !self.local.value.viewers.isEmpty { self.scheduleLook() }
        }
    }

    /// Fills the viewers' silences.
    private func lookAfterViewers() {
        let now = eventLoop.now
        noteBusyness(at: now)
        let policy = board.policy
        var placeholder: Hub.Newest?
        for viewer in local.value.viewers {
            viewer.fill(policy: policy, at: now) {
                if placeholder == nil { placeholder = self.board.placeholder(policy, at: now) }
                return placeholder
            }
        }
    }

    /// Reckons from the processor time of the loop's thread, the one that this runs on, how busy the loop is.
    private func noteBusyness(at now: NIODeadline) {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return }
        let used = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        if let last = local.value.lastUse, now > last.at {
            busyness.store(Int((used - last.processorTime) * 1000 / (now - last.at).nanoseconds), ordering: .relaxed)
        }
        local.value.lastUse = (now, used)
    }
}
