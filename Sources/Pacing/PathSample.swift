/// What the kernel knows of a connection at one moment.
package struct PathSample: Equatable, Sendable {
    /// What only `TCP_INFO` says.
    package struct Path: Equatable, Sendable {
        /// Bytes of a full packet.
        package var segment: Int
        /// Bytes that were sent and of which the other side has not said that it has them; those behind a gap are not among them.
        package var underWay: Int
        /// The time there and back of late, smoothed, in nanoseconds.
        package var roundTrip: Nanoseconds
        /// How much it varies.
        package var variation: Nanoseconds
        /// The shortest of late, in nanoseconds.
        package var shortest: Nanoseconds
        /// How long ago the last acknowledgement came.
        package var sinceWord: Nanoseconds
        /// Bytes that the other side has room for behind what it has acknowledged; nil before Linux 5.4.
        package var window: Int?

        package init(
            segment: Int, underWay: Int, roundTrip: Nanoseconds, variation: Nanoseconds, shortest: Nanoseconds, sinceWord: Nanoseconds,
            window: Int?
        ) {
            self.segment = segment
            self.underWay = underWay
            self.roundTrip = roundTrip
            self.variation = variation
            self.shortest = shortest
            self.sinceWord = sinceWord
            self.window = window
        }
    }

    /// Bytes that the kernel has taken and never sent, or that wait in a local socket.
    package var unsent: Int
    /// Nil where the kernel does not say.
    package var path: Path?

    package init(unsent: Int, path: Path? = nil) {
        self.unsent = unsent
        self.path = path
    }
}
