import NIOCore

/// What only a hub's own event loops know of its viewers.
package struct HubReport: Sendable {
    /// The viewers listed, at most ``maxViewers``.
    package var viewers: [ViewerReport] = []
    package var delay = DelayHistogram()

    /// The most viewers of a source that a status lists; their number tells of the rest.
    static let maxViewers = 1000

    /// Adds what another of the hub's shards knows.
    mutating func add(_ other: HubReport) {
        viewers += other.viewers.prefix(Self.maxViewers - viewers.count)
        delay.add(other.delay)
    }
}

/// One viewer at one moment.
package struct ViewerReport: Sendable {
    let origin: ViewerOrigin
    /// Whether it is another relay.
    let isRelay: Bool
    /// When it came.
    let since: NIODeadline
    let framesSent: UInt64
    let framesSkipped: UInt64
    /// When the last frame that it was sent came from the camera, nil before the first.
    let lastArrival: NIODeadline?
}
