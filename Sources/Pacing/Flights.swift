/// Frames on their way whose flight is measured: with acknowledgements every one, without them those that went out with a fresh look
/// at the path. Kept in memory only for viewers who ever have any.
struct Flights: Sendable {
    struct Flight: Sendable {
        let sequence: UInt64
        let bytes: Int
        /// Where it ends in the stream of all frames.
        let end: Int
        let sentAt: Nanoseconds
        /// Bytes that had been acknowledged when it was sent, and when the last of them were; its own time of sending if none were
        /// under way.
        let acknowledged: Int
        let wordAt: Nanoseconds
        let isLone: Bool
        /// How much too early it was sent, as was reckoned then.
        let ahead: Nanoseconds
    }

    /// More are not let out: 30 frames per second over a second of distance.
    static let most = 32

    /// The oldest first.
    private var flights: [Flight] = []

    var isEmpty: Bool { flights.isEmpty }
    var isFull: Bool { flights.count >= Self.most }
    var newest: Flight? { flights.last }

    mutating func append(_ flight: Flight) {
        if flights.capacity == 0 { flights.reserveCapacity(4) }
        flights.append(flight)
    }

    /// Takes out the frame with this number and those before it; nil for a number that is not under way.
    mutating func remove(upTo sequence: UInt64) -> Flight? {
        guard let index = flights.firstIndex(where: { $0.sequence == sequence }) else { return nil }
        let flight = flights[index]
        flights.removeFirst(index + 1)
        return flight
    }

    /// Takes out the oldest frame if it ends at `end` or before.
    mutating func removeFirst(endingBy end: Int) -> Flight? {
        guard let first = flights.first, first.end <= end else { return nil }
        return flights.removeFirst()
    }
}
