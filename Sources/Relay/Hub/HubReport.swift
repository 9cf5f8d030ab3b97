import NIOCore

/// What only a hub's own event loops know of its viewers.
package struct HubReport: Sendable {
    /// The viewers listed, at most ``maxViewers``.
    package var viewers: [ViewerReport] = []
    package var delay = DelayHistogram()

    /// The most viewers of a source that a status lists; their number tells of the rest.
    static let maxViewers = 1000
}

/// One viewer at one moment.
package struct ViewerReport: Sendable {
    let origin: ViewerOrigin
    /// When it came.
    let since: NIODeadline
    let framesSent: UInt64
    let framesSkipped: UInt64
    /// When the last frame that it was sent came from the camera, nil before the first.
    let lastArrival: NIODeadline?
}

extension Hub {
    /// Asks each shard on its own loop; without `listsViewers` only for what is counted.
    func report(listsViewers: Bool, on eventLoop: any EventLoop) -> EventLoopFuture<HubReport> {
        let parts = shards.map { shard in shard.eventLoop.submit { shard.report(listsViewers: listsViewers) } }
        return EventLoopFuture.whenAllSucceed(parts, on: eventLoop).map { parts in
            parts.reduce(into: HubReport()) { whole, part in
                whole.viewers += part.viewers.prefix(HubReport.maxViewers - whole.viewers.count)
                whole.delay.add(part.delay)
            }
        }
    }
}
