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
    /// The newest frame this viewer was offered and could not take.
    private var isBehind = false
    private var isEnding = false
    /// The last frame written; 0 before the first.
    private var lastSequence: UInt64 = 0

    init(hub: Hub, shard: HubShard, connection: any ViewerConnection) {
        self.hub = hub
        self.shard = shard
        self.connection = connection
    }

    /// Begins to watch: the newest frame goes out at once.
    func start() { shard.add(self, from: hub) }

    /// Stops watching, when the connection is gone.
    func stop() { shard.remove(self) }

    /// Ends the connection after the frame in flight, now if there is none.
    func end() {
        isEnding = true
        if connection.isDrained { connection.close() }
    }

    /// Writes `newest` if the frame before it has left, else remembers to take the newest one then.
    func offer(_ newest: Hub.Newest) {
        guard newest.sequence > lastSequence, !isEnding else { return }
        guard connection.isDrained else {
            isBehind = true
            return
        }
        // Frames before the first one were never this viewer's.
        if lastSequence > 0, newest.sequence > lastSequence + 1 { shard.countSkipped(newest.sequence - lastSequence - 1) }
        lastSequence = newest.sequence
        isBehind = false
        shard.countSent(bytes: connection.write(newest))
    }

    /// Takes the newest frame if it had to wait for the socket; called when the socket has drained.
    func drained() {
        if isEnding {
            connection.close()
        } else if isBehind, let newest = hub.newest {
            offer(newest)
        }
    }
}

@available(*, unavailable) extension Viewer: Sendable {}

/// How one viewer's connection carries frames.
protocol ViewerConnection {
    /// Whether the last frame has left for the kernel, so that the next may be written.
    var isDrained: Bool { get }
    /// Writes one frame and returns its size on the wire in bytes.
    func write(_ newest: Hub.Newest) -> Int
    /// Ends the connection.
    func close()
}
