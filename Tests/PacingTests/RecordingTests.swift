import Pacing
import Testing

/// What the controller makes of what a real kernel said.
@Suite struct RecordingTests {
    /// Plays a recording to a pacer: for each frame that was written after the first second, whether it would have been.
    private func verdicts(on recording: String) throws -> [Bool] {
        var pacer = Pacer()
        var verdicts: [Bool] = []
        var decision = Pacer.Decision.send
        var sequence: UInt64 = 0
        for line in recording.split(separator: "\n") {
            let fields = line.split(separator: " ").dropFirst().compactMap { Int($0) }
            let time = Nanoseconds(fields[0]) * 1000
            if line.hasPrefix("w") {
                if fields[0] > 1_000_000 { verdicts.append(decision == .send) }
                sequence += 1
                pacer.sent(fields[1], sequence: sequence, at: time)
            } else {
                try #require(fields.count == 8)
                let path = PathSample.Path(
                    segment: 1448, underWay: fields[1], roundTrip: Nanoseconds(fields[3]) * 1000, variation: Nanoseconds(fields[4]) * 1000,
                    shortest: Nanoseconds(fields[5]) * 1000, sinceWord: Nanoseconds(fields[6]) * 1_000_000, window: fields[7])
                pacer.take(PathSample(unsent: fields[2], path: path), at: time)
                decision = pacer.decide(at: time, age: 0, interval: 33_333_333, isMissed: false, skips: true)
            }
        }
        try #require(verdicts.count > 15)
        return verdicts
    }

    @Test(arguments: [Recordings.thinRateBased, Recordings.thinLossBased])
    func aStandingQueueIsSeen(_ recording: String) throws {
        let verdicts = try verdicts(on: recording)
        // Each of these frames was written while others filled the link's queue or the kernel's window.
        #expect(verdicts.filter { $0 }.count <= verdicts.count / 20, "\(verdicts)")
    }

    @Test(
        arguments: [
            Recordings.jitter80RateBased, Recordings.jitter80LossBased, Recordings.jitter120RateBased, Recordings.jitter120LossBased,
        ])
    func jitterIsNotTakenForOne(_ recording: String) throws {
        let verdicts = try verdicts(on: recording)
        #expect(verdicts.filter { $0 }.count >= verdicts.count * 19 / 20, "\(verdicts)")
    }
}
