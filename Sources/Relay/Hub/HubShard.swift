import NIOCore
import Synchronization

/// A hub's viewers on one event loop: offers each of them the newest frame, without a lock and without a hand-over.
package final class HubShard: Sendable {
    /// The loop that all viewers of this shard live on.
    package let eventLoop: any EventLoop
    /// Touched on `eventLoop` only.
    private let viewers: NIOLoopBoundBox<[Viewer]>
    /// Touched on `eventLoop` only.
    private let dataURL: NIOLoopBoundBox<DataURL>
    /// Touched on `eventLoop` only.
    private let nextLook: NIOLoopBoundBox<(deadline: NIODeadline, timer: Scheduled<Void>)?>
    /// Where the last delivery began. Touched on `eventLoop` only.
    private let rotation: NIOLoopBoundBox<UInt>
    private let viewerCount = Atomic<Int>(0)
    /// True from a wake until the shard has taken the newest frame.
    private let isAwake = Atomic<Bool>(false)
    // Written on `eventLoop` only, read anywhere.
    private let framesSent = Atomic<UInt64>(0)
    private let framesSkipped = Atomic<UInt64>(0)
    private let bytesSent = Atomic<UInt64>(0)

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        viewers = .makeBoxSendingValue([], eventLoop: eventLoop)
        dataURL = .makeBoxSendingValue(DataURL(), eventLoop: eventLoop)
        nextLook = .makeBoxSendingValue(nil, eventLoop: eventLoop)
        rotation = .makeBoxSendingValue(0, eventLoop: eventLoop)
    }

    /// Whether there is anyone to wake for; any thread.
    var hasViewers: Bool { viewerCount.load(ordering: .sequentiallyConsistent) > 0 }

    /// What went to this shard's viewers, gone ones included; any thread.
    var totals: ViewerTotals {
        ViewerTotals(
            viewers: viewerCount.load(ordering: .relaxed),
            framesSent: framesSent.load(ordering: .relaxed),
            framesSkipped: framesSkipped.load(ordering: .relaxed),
            bytesSent: bytesSent.load(ordering: .relaxed)
        )
    }

    /// Has the shard look for a newer frame; any thread. While one look is due, further calls cost nothing.
    func wake(_ hub: Hub) {
        guard !isAwake.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventLoop.execute { self.deliver(hub) }
    }

    /// Ends every viewer after its frame in flight; any thread.
    func endViewers() {
        eventLoop.execute {
            for viewer in self.viewers.value { viewer.end() }
        }
    }

    /// Adds a viewer and gives it the newest frame at once; on `eventLoop`.
    func add(_ viewer: Viewer, from hub: Hub) {
        eventLoop.assertInEventLoop()
        viewer.index = viewers.value.count
        viewers.value.append(viewer)
        // Counted before the look at the newest frame: a frame that is published meanwhile is either seen here or wakes us.
        viewerCount.store(viewers.value.count, ordering: .sequentiallyConsistent)
        if let newest = hub.newest { look(at: viewer.offer(newest, at: eventLoop.now), hub) }
    }

    /// Forgets a viewer; on `eventLoop`. A second call does nothing.
    func remove(_ viewer: Viewer) {
        eventLoop.assertInEventLoop()
        guard let index = viewer.index else { return }
        viewer.index = nil
        let last = viewers.value.removeLast()
        if last !== viewer {
            last.index = index
            viewers.value[index] = last
        }
        viewerCount.store(viewers.value.count, ordering: .sequentiallyConsistent)
    }

    /// `newest` as the text that ``DataURLViewer`` sends; on `eventLoop`.
    func dataURL(of newest: Hub.Newest) -> ByteBuffer {
        dataURL.value.text(of: newest)
    }

    /// Has the shard look at `deadline` for viewers that may take the newest frame then; nil changes nothing. On `eventLoop`.
    func look(at deadline: NIODeadline?, _ hub: Hub) {
        guard let deadline else { return }
        if let next = nextLook.value {
            guard deadline < next.deadline else { return }
            next.timer.cancel()
        }
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            // One that was cancelled too late is not the one that is due.
            guard self.nextLook.value?.deadline == deadline else { return }
            self.nextLook.value = nil
            self.offerNewest(of: hub)
        }
        nextLook.value = (deadline, timer)
    }

    private func deliver(_ hub: Hub) {
        // Cleared before the look: a frame that comes later wakes again.
        isAwake.store(false, ordering: .sequentiallyConsistent)
        offerNewest(of: hub)
    }

    /// Offers the newest frame to each viewer that has not got it.
    private func offerNewest(of hub: Hub) {
        guard let newest = hub.newest else { return }
        let viewers = viewers.value
        guard !viewers.isEmpty else { return }
        // When the way out is full, whoever comes first gets the room that there is: each time it is another one.
        rotation.value &+= 2_654_435_761
        let start = Int(rotation.value % UInt(viewers.count))
        let now = eventLoop.now
        var next = NIODeadline.distantFuture
        for viewer in viewers[start...] { next = min(next, viewer.offer(newest, at: now) ?? next) }
        for viewer in viewers[..<start] { next = min(next, viewer.offer(newest, at: now) ?? next) }
        if next < .distantFuture { look(at: next, hub) }
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
}
