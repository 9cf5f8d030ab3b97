import Pacing
import TestSupport

/// The newest frame of a simulated source.
struct SimulatedFrame {
    var sequence: UInt64
    var arrival: Nanoseconds
    var interval: Nanoseconds
    var bytes: Int
}

/// Who decides when a viewer is sent the next frame.
protocol PacingRule {
    /// Writes `newest` or remembers it; returns when to be offered it again.
    mutating func offer(_ newest: SimulatedFrame, at now: Nanoseconds, over tcp: inout SimulatedTCP) -> Nanoseconds?
    /// The kernel has come to take all that was written; true when the newest frame is wanted.
    mutating func hasLeft() -> Bool
    /// The viewer says that it has seen a frame; true when the newest frame is wanted.
    mutating func acknowledged(_ sequence: UInt64, at now: Nanoseconds) -> Bool
}

/// One viewer of a steady source over a simulated path.
struct Watching: CustomStringConvertible {
    var path: SimulatedPath
    var framesPerSecond = 30.0
    var bytes = 30_000
    /// Frames differ by up to this share of their size.
    var spread = 0.05
    var seconds = 20.0
    /// The time at the beginning that does not count.
    var warmUp = 3.0
    var seed: UInt64 = 1

    var description: String {
        let link = path.forward
        let parts = [
            "\(framesPerSecond) fps × \(bytes) ± \(spread)", "\(link.rate / 125_000) Mbit/s", "\(link.delay.inMilliseconds) ms one way",
            "queue \(link.queueBytes)", "jitter \(link.jitter.inMilliseconds)", "\(path.congestion)",
        ]
        return parts.joined(separator: ", ")
    }

    /// What a viewer has had of it.
    struct Outcome: CustomStringConvertible {
        /// Frames per second.
        var rate = 0.0
        /// The ages of pictures at their last byte, in milliseconds, sorted.
        var ages: [Double] = []
        /// How old frames were when their first byte came to the narrowest place, sorted.
        var beginnings: [Double] = []
        /// The longest time between two frames, in milliseconds.
        var gap = 0.0
        /// Questions to the kernel per second.
        var questions = 0.0

        func age(_ share: Double) -> Double { ages.isEmpty ? .infinity : ages[min(ages.count - 1, Int(Double(ages.count) * share))] }
        var begins: Double { beginnings.last ?? .infinity }

        var description: String {
            func shown(_ value: Double) -> String { value.isFinite ? "\((value * 10).rounded() / 10)" : "none" }
            return
                "\(shown(rate)) fps, age \(shown(age(0.5))) / \(shown(age(0.99))) ms, begun after \(shown(begins)), gap \(shown(gap)), \(shown(questions)) asked"
        }
    }

    /// Plays it through with frames that are acknowledged by those who do.
    func run<Rule: PacingRule>(_ rule: Rule) -> Outcome {
        var rule = rule
        var tcp = SimulatedTCP(path)
        var random = SeededRandom(seed: seed)
        let interval = Nanoseconds(1e9 / framesPerSecond)
        let start = tcp.now + .milliseconds(Double(Int.random(in: 0..<40, using: &random)))
        let counts = start + .seconds(warmUp)
        let end = counts + .seconds(seconds)
        var camera = start
        var newest: SimulatedFrame?
        var sequence: UInt64 = 0
        var again: Nanoseconds = .never
        var words = FIFO<(at: Nanoseconds, sequence: UInt64)>()
        var outcome = Outcome()
        var count = 0
        var lastSeen: Nanoseconds = -1
        while true {
            var time = min(camera, again, tcp.nextEvent)
            if let seen = tcp.seen.first?.at { time = min(time, seen) }
            if let word = words.first?.at { time = min(time, word) }
            guard time < end else { break }
            time = max(time, tcp.now)
            var wants = tcp.advance(to: time) && rule.hasLeft()
            while let seen = tcp.seen.first, seen.at <= time {
                tcp.removeSeen()
                if let back = tcp.path.back.send(66, at: time) {
                    words.append((back.arrives + path.readDelay, seen.piece.sequence))
                }
                if seen.piece.arrival >= counts {
                    count += 1
                    outcome.ages.append((seen.at - seen.piece.arrival).inMilliseconds)
                    outcome.beginnings.append((seen.piece.begins - seen.piece.arrival).inMilliseconds)
                    if lastSeen >= 0 { outcome.gap = max(outcome.gap, (seen.at - lastSeen).inMilliseconds) }
                }
                lastSeen = seen.at
            }
            while let word = words.first, word.at <= time {
                words.removeFirst()
                if rule.acknowledged(word.sequence, at: time) { wants = true }
            }
            if camera <= time {
                sequence += 1
                let share = 1 + spread * (2 * Double(random.next() >> 11) / Double(1 << 53) - 1)
                newest = SimulatedFrame(sequence: sequence, arrival: camera, interval: interval, bytes: Int(Double(bytes) * share))
                camera += interval
                wants = true
            }
            if again <= time { wants = true }
            if wants, let newest {
                again = .never
                if let next = rule.offer(newest, at: time, over: &tcp) { again = max(next, time + 1000) }
            }
        }
        outcome.rate = Double(count) / seconds
        outcome.ages.sort()
        outcome.beginnings.sort()
        outcome.questions = Double(tcp.questions) / (seconds + warmUp)
        return outcome
    }
}
