import Pacing

/// The rule that the relay had before: a transcription, to show that the bench finds its faults.
///
/// All that `TCP_INFO` shows under way above the rate of delivery times the shortest round trip counts as a queue as soon as the
/// round trip has grown; with acknowledgements one frame is out at a time.
struct FormerRule: PacingRule {
    /// One frame at a time, until the viewer has acknowledged it.
    var acknowledges = false
    /// Whether `TCP_INFO` is to be had.
    var knowsPath = true

    private static let steadyFrames = 8
    private static let shortestLook = Nanoseconds.milliseconds(4)
    private var unacknowledged: UInt64?
    private var missed: UInt64?
    private var lastSequence: UInt64 = 0
    private var framesUntilSteady = 0
    private var framesSent: UInt64 = 0

    init(acknowledges: Bool = false, knowsPath: Bool = true) {
        self.acknowledges = acknowledges
        self.knowsPath = knowsPath
    }

    mutating func hasLeft() -> Bool { missed != nil }

    mutating func acknowledged(_ sequence: UInt64, at now: Nanoseconds) -> Bool {
        guard acknowledges, sequence == unacknowledged else { return false }
        unacknowledged = nil
        return missed != nil
    }

    mutating func offer(_ newest: SimulatedFrame, at now: Nanoseconds, over tcp: inout SimulatedTCP) -> Nanoseconds? {
        guard newest.sequence > lastSequence else { return nil }
        if let expected = missed ?? (lastSequence > 0 ? lastSequence + 1 : nil), newest.sequence > expected {
            framesUntilSteady = Self.steadyFrames
            missed = missed == nil ? nil : newest.sequence
        }
        guard unacknowledged == nil, tcp.isDrained else {
            missed = newest.sequence
            return nil
        }
        let age = now - newest.arrival
        let skips = framesUntilSteady > 0
        let mayBeSlow = skips || framesSent < UInt64(Self.steadyFrames)
        let asksKernel = mayBeSlow || missed != nil || framesSent % 4 == 0
        guard !asksKernel || backlog(tcp: &tcp, mayBeSlow: mayBeSlow) == 0,
            missed == nil || acknowledges || Self.mayTake(age, newest.interval, skips)
        else {
            missed = newest.sequence
            if lastSequence == 0 { return now + Self.shortestLook }
            return newest.arrival + Self.nextLook(age, newest.interval, skips)
        }
        framesUntilSteady = max(0, framesUntilSteady - 1)
        lastSequence = newest.sequence
        missed = nil
        framesSent += 1
        if acknowledges { unacknowledged = newest.sequence }
        tcp.write(newest.bytes, sequence: newest.sequence, arrival: newest.arrival, at: now)
        return nil
    }

    private func backlog(tcp: inout SimulatedTCP, mayBeSlow: Bool) -> Int {
        let sample = tcp.ask()
        guard mayBeSlow, knowsPath, let path = sample.path else { return sample.unsent }
        let isQueued = path.roundTrip - path.shortest > .milliseconds(10) + path.shortest / 4
        let capacity = Int(tcp.deliveryRate * Double(path.shortest) / 1e9)
        return sample.unsent + (isQueued ? max(0, path.underWay - capacity - min(2 * path.segment, 3000)) : 0)
    }

    private static func mayTake(_ age: Nanoseconds, _ interval: Nanoseconds, _ skips: Bool) -> Bool {
        !skips || age <= interval / 4 || age >= interval + interval / 4
    }

    private static func nextLook(_ age: Nanoseconds, _ interval: Nanoseconds, _ skips: Bool) -> Nanoseconds {
        let next = age + max(shortestLook, interval / 16)
        if next <= (skips ? interval / 4 : interval) { return next }
        return max(interval + interval / 4, age + max(shortestLook, interval / 4))
    }
}
