import NIOCore

/// Someone watching a source over one connection: takes the newest frame when the last one has left, and skips what came between.
///
/// Lives on its channel's event loop. ``ViewerConnection`` says how a frame is written.
package final class Viewer {
    /// Where it stands in its shard; nil once removed.
    var index: Int?
    private let hub: Hub
    private let shard: HubShard
    private let connection: any ViewerConnection
    /// Nil for a viewer that takes every frame.
    private var pacer: FramePacer?
    /// The newest frame this viewer was offered and could not take.
    private var isBehind = false
    private var isEnding = false
    /// Frames to take without a skip before it counts as one that keeps up.
    private var framesUntilSteady = 0
    /// The last frame written; 0 before the first.
    private var lastSequence: UInt64 = 0

    init(hub: Hub, shard: HubShard, connection: any ViewerConnection, pacer: FramePacer? = nil) {
        self.hub = hub
        self.shard = shard
        self.connection = connection
        self.pacer = pacer
    }

    /// Begins to watch: the newest frame goes out at once.
    func start() { shard.add(self, from: hub) }

    /// Stops watching, when the connection is gone.
    func stop() { shard.remove(self) }

    /// Ends the connection after the frame in flight, now if there is none.
    func end() {
        isEnding = true
        if connection.isWritten { connection.close() }
    }

    /// Writes `newest` if the frame before it has left and its slot has come; else returns when to look again.
    func offer(_ newest: Hub.Newest, at now: NIODeadline) -> NIODeadline? {
        guard newest.sequence > lastSequence, !isEnding else { return nil }
        if let wait = pacer?.wait(at: now) { return now + wait }
        let isFirst = lastSequence == 0
        let age = now - newest.arrival
        let missed = isFirst ? 0 : newest.sequence - lastSequence - 1
        let skips = missed > 0 || framesUntilSteady > 0
        guard connection.isDrained, !isBehind || CatchUp.mayTake(age: age, interval: newest.interval, skips: skips) else {
            isBehind = true
            if isFirst { return now + CatchUp.shortestLook }
            return newest.arrival + CatchUp.nextLook(age: age, interval: newest.interval, skips: skips)
        }
        // Frames before the first one were never this viewer's, nor were those between its slots.
        if missed > 0, pacer == nil || isBehind {
            shard.countSkipped(missed)
            framesUntilSteady = CatchUp.steadyFrames
        } else if framesUntilSteady > 0 {
            framesUntilSteady -= 1
        }
        lastSequence = newest.sequence
        isBehind = false
        pacer?.take(at: now)
        shard.countSent(bytes: connection.write(newest))
        return nil
    }

    /// Takes the newest frame if it had to wait for the socket; called when all that was written is with the kernel.
    func written() {
        if isEnding {
            connection.close()
        } else if isBehind, let newest = hub.newest {
            shard.look(at: offer(newest, at: shard.eventLoop.now), hub)
        }
    }
}

@available(*, unavailable) extension Viewer: Sendable {}

/// How one viewer's connection carries frames.
protocol ViewerConnection {
    /// Whether the last frame is with the kernel as a whole, so that the connection may be closed.
    var isWritten: Bool { get }
    /// Whether it has also left the kernel for the network, so that the next frame may be written.
    var isDrained: Bool { get }
    /// Writes one frame and returns its size on the wire in bytes.
    func write(_ newest: Hub.Newest) -> Int
    /// Ends the connection.
    func close()
}
