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
    }

    private let newestFrame = Mutex<Newest?>(nil)
    /// One per event loop; fixed for life, so that no lock guards the list.
    private let shards: [HubShard]

    /// Makes a hub with a shard for each loop that serves viewers.
    package init(eventLoops: [any EventLoop]) {
        shards = eventLoops.map { HubShard(eventLoop: $0) }
    }

    /// The newest frame, nil before the first.
    package var newest: Newest? { newestFrame.withLock { $0 } }

    /// Makes `frame` the newest and wakes each shard that has viewers, at most once until it has looked.
    package func publish(_ frame: Frame, at arrival: NIODeadline = .now()) {
        newestFrame.withLock { $0 = Newest(frame: frame, sequence: ($0?.sequence ?? 0) + 1, arrival: arrival) }
        for shard in shards where shard.hasViewers {
            shard.wake(self)
        }
    }

    /// The shard for viewers on `eventLoop`, nil for a loop that serves none.
    package func shard(on eventLoop: any EventLoop) -> HubShard? {
        shards.first { $0.eventLoop === eventLoop }
    }

    /// Ends every viewer after its frame in flight.
    package func endViewers() {
        for shard in shards { shard.endViewers() }
    }

    /// What went to viewers so far, all shards together.
    package var totals: ViewerTotals {
        shards.reduce(into: ViewerTotals()) { $0.add($1.totals) }
    }
}
