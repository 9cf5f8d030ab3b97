/// What the kernel knows of a connection at one moment (`TCP_INFO`).
package struct PathSample: Equatable, Sendable {
    /// Bytes of a full packet.
    package var segment: Int
    /// Bytes that were sent and are not acknowledged, by whole packets.
    package var unacknowledged: Int
    /// Bytes that were never sent.
    package var unsent: Int
    /// The time there and back of late, smoothed, in nanoseconds; 0 where there is no sample yet.
    package var roundTrip: Int64
    /// The shortest of late, in nanoseconds; 0 where there is no sample yet.
    package var shortestRoundTrip: Int64
    /// Bytes that the other side has room for; nil where the kernel does not say (before Linux 5.4).
    package var window: Int?

    package init(segment: Int, unacknowledged: Int, unsent: Int, roundTrip: Int64, shortestRoundTrip: Int64, window: Int?) {
        self.segment = segment
        self.unacknowledged = unacknowledged
        self.unsent = unsent
        self.roundTrip = roundTrip
        self.shortestRoundTrip = shortestRoundTrip
        self.window = window
    }
}
