import NIOCore

/// Says when the next frame may leave for a viewer who acknowledges each: a value without a clock.
///
/// However much the buffers on the way hold, only what the link carries is given to it. Strictly one frame at a time would leave a long way
/// empty most of the time; so the next one leaves when the last is reckoned to be through the link: a frame's acknowledgement takes its way
/// through the link and, besides, the round trip of something small.
struct AcknowledgedPace: Sendable {
    /// Frames that may be under way however long the way is.
    static let maxUnderWay = 8

    private var underWay: [(sequence: UInt64, sent: NIODeadline)] = []
    /// Of frames, in nanoseconds.
    private var smoothed: Double?
    /// The smallest round trip, in nanoseconds.
    private var smallest: Double?
    private var lastSent: NIODeadline?

    /// Notes a round trip that nothing large took part in.
    mutating func note(roundTrip: TimeAmount) {
        let time = Double(roundTrip.nanoseconds)
        smallest = smallest.map { min($0, time) } ?? time
    }

    /// A frame leaves.
    mutating func sent(_ sequence: UInt64, at now: NIODeadline) {
        underWay.append((sequence, now))
        lastSent = now
    }

    /// The frame with this number has arrived, and those before it.
    mutating func acknowledged(_ sequence: UInt64, at now: NIODeadline) {
        guard let index = underWay.firstIndex(where: { $0.sequence == sequence }) else { return }
        let time = Double((now - underWay[index].sent).nanoseconds)
        smoothed = smoothed.map { $0 + (time - $0) / 4 } ?? time
        smallest = smallest.map { min($0, time) } ?? time
        underWay.removeFirst(index + 1)
    }

    /// When the next frame may leave, as long as no acknowledgement comes; nil for not before one does.
    var release: NIODeadline? {
        guard let lastSent, let oldest = underWay.first else { return .uptimeNanoseconds(0) }
        // Of the first frames nothing is known; and whoever is silent for longer than usual may not have got the last ones.
        guard let smoothed, let smallest, underWay.count < Self.maxUnderWay else { return nil }
        let time = lastSent + .nanoseconds(Int64(max(0, smoothed - smallest)))
        return time - oldest.sent <= .nanoseconds(Int64(smoothed * 1.5)) ? time : nil
    }

    /// Whether a frame may leave now.
    func mayLeave(at now: NIODeadline) -> Bool { release.map { $0 <= now } ?? false }
}
