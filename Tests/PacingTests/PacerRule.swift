import Pacing

/// The relay's rule: what its viewers do with a pacer.
struct PacerRule: PacingRule {
    let acknowledges: Bool
    let knowsPath: Bool
    private(set) var pacer: Pacer
    private var missed: UInt64?
    private var lastSequence: UInt64 = 0
    private var framesUntilSteady = 0
    private var framesSent = 0

    init(acknowledges: Bool = false, knowsPath: Bool = true) {
        self.acknowledges = acknowledges
        self.knowsPath = knowsPath
        pacer = Pacer(acknowledges: acknowledges)
    }

    mutating func hasLeft() -> Bool { missed != nil }

    mutating func acknowledged(_ sequence: UInt64, at now: Nanoseconds) -> Bool {
        acknowledges && pacer.acknowledged(sequence, at: now) && missed != nil
    }

    mutating func offer(_ newest: SimulatedFrame, at now: Nanoseconds, over tcp: inout SimulatedTCP) -> Nanoseconds? {
        guard newest.sequence > lastSequence else { return nil }
        if let expected = missed ?? (lastSequence > 0 ? lastSequence + 1 : nil), newest.sequence > expected {
            framesUntilSteady = CatchUp.steadyFrames
            missed = missed == nil ? nil : newest.sequence
        }
        guard tcp.isDrained else {
            missed = newest.sequence
            return nil
        }
        let skips = framesUntilSteady > 0
        if pacer.wantsSample(at: now, mayBeSlow: skips || missed != nil || framesSent < CatchUp.steadyFrames) {
            var sample = tcp.ask()
            if !knowsPath { sample.path = nil }
            pacer.take(sample, at: now)
        }
        let decision = pacer.decide(
            at: now, age: now - newest.arrival, interval: newest.interval, isMissed: missed != nil, skips: skips)
        switch decision {
        case .send: break
        case .wait(let time):
            missed = newest.sequence
            return time
        case .hold:
            missed = newest.sequence
            return nil
        }
        framesUntilSteady = max(0, framesUntilSteady - 1)
        lastSequence = newest.sequence
        missed = nil
        framesSent += 1
        pacer.sent(newest.bytes, sequence: newest.sequence, at: now)
        tcp.write(newest.bytes, sequence: newest.sequence, arrival: newest.arrival, at: now)
        return nil
    }
}
