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
        package let interval: TimeAmount
    }

    /// How many viewers are served on the source's loop before others help: half a millisecond of sending per frame.
    private static let viewersAtHome = 16

    private let state: Mutex<State>
    /// One per event loop; fixed for life, so that no lock guards the list.
    private let shards: [HubShard]

    /// The source's loop: where a frame that may not be shown yet waits, and where few viewers are served.
    private let eventLoop: (any EventLoop)?

    /// Makes a hub with a shard for each loop that serves viewers; `source` is the one on which frames come. It passes on at most
    /// `maxFPS` frames per second.
    package init(eventLoops: [any EventLoop], maxFPS: Double? = nil, source: (any EventLoop)? = nil) {
        shards = eventLoops.map { HubShard(eventLoop: $0) }
        eventLoop = source ?? eventLoops.first
        state = Mutex(State(pacer: maxFPS.flatMap { FramePacer(framesPerSecond: $0) }))
    }

    /// The newest frame, nil before the first.
    package var newest: Newest? { state.withLock { $0.newest } }

    /// Makes `frame` the newest and wakes each shard that has viewers, at most once until it has looked. With a limit of
    /// frames per second, a frame that comes too early waits for its slot and yields it to a newer one.
    package func publish(_ frame: Frame, at arrival: NIODeadline = .now()) {
        switch state.withLock({ $0.take(frame, at: arrival) }) {
        case .show: wakeShards()
        case .wait(let time): eventLoop?.scheduleTask(in: time) { self.publishHeld() }
        case .nothing: break
        }
    }

    /// The shard for viewers on `eventLoop`, nil for a loop that serves none.
    package func shard(on eventLoop: any EventLoop) -> HubShard? {
        shards.first { $0.eventLoop === eventLoop }
    }

    /// The shard for a new viewer whose connection is on `eventLoop`; it may be that of another loop.
    ///
    /// The first few viewers are served where frames come: no other loop has to be woken for them. With 50 cameras of 10 frames/s
    /// and 4 viewers each, that takes a sixth off the processor time.
    package func shardForNewViewer(on eventLoop: any EventLoop) -> HubShard? {
        if let source = self.eventLoop, let home = shard(on: source), home.totals.viewers < Self.viewersAtHome { return home }
        return shard(on: eventLoop)
    }

    /// Ends every viewer after its frame in flight.
    package func endViewers() {
        for shard in shards { shard.endViewers() }
    }

    /// What went to viewers so far, all shards together.
    package var totals: ViewerTotals {
        shards.reduce(into: ViewerTotals()) { $0.add($1.totals) }
    }

    private func publishHeld() {
        let now = eventLoop?.now ?? .now()
        if state.withLock({ $0.takeHeld(at: now) }) { wakeShards() }
    }

    private func wakeShards() {
        for shard in shards where shard.hasViewers {
            shard.wake(self)
        }
    }
}

extension Hub {
    /// The newest frame, and the one that may not be shown yet. A value, so that the pace is tested without a clock.
    struct State: Sendable {
        /// What becomes of a frame.
        enum Outcome: Equatable {
            case show
            /// Look again after this time.
            case wait(TimeAmount)
            case nothing
        }

        /// What the time between two frames is taken for before there are two.
        private static let firstInterval = TimeAmount.milliseconds(40)

        private(set) var newest: Newest?
        private var pacer: FramePacer?
        /// The newest frame of the source, while it waits for its slot.
        private var held: (frame: Frame, arrival: NIODeadline)?
        private var lastShown: NIODeadline?

        init(pacer: FramePacer?) {
            self.pacer = pacer
        }

        /// A frame came.
        mutating func take(_ frame: Frame, at arrival: NIODeadline) -> Outcome {
            guard let wait = pacer?.wait(at: arrival) else {
                show(frame, arrival: arrival, at: arrival)
                return .show
            }
            // The first that is held has set the timer.
            defer { held = (frame, arrival) }
            return held == nil ? .wait(wait) : .nothing
        }

        /// The time of the frame that is held may have come; true when it is shown.
        mutating func takeHeld(at now: NIODeadline) -> Bool {
            // A frame that came in time has taken the slot of the one that was held; the next has a timer of its own.
            guard let held, pacer?.wait(at: now) == nil else { return false }
            show(held.frame, arrival: held.arrival, at: now)
            return true
        }

        private mutating func show(_ frame: Frame, arrival: NIODeadline, at now: NIODeadline) {
            pacer?.take(at: now)
            held = nil
            var interval = newest?.interval ?? Self.firstInterval
            if let lastShown {
                // A pause moves the average, but does not become it.
                let last = min(now - lastShown, interval * 8)
                interval = interval - interval / 4 + last / 4
            }
            lastShown = now
            newest = Newest(frame: frame, sequence: (newest?.sequence ?? 0) + 1, arrival: arrival, interval: interval)
        }
    }
}
