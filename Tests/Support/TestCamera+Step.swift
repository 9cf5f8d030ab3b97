extension TestCamera {
    /// What is done on the connection, one after the other.
    package enum Step: Sendable {
        case send([UInt8])
        /// Each byte in a segment of its own, as far as the network keeps them apart.
        case bytewise([UInt8])
        /// The same bytes again and again, as fast as they are read.
        case endless([UInt8])
        /// Only after so many milliseconds: what comes next must not be what comes now.
        case pause(Int)
        case close
        /// Ends without the network's goodbye.
        case reset
    }
}
