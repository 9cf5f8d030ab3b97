import NIOCore
import Testing

@testable import Relay

/// When a frame may leave for somebody who acknowledges each, on links that are reckoned here.
@Suite struct AcknowledgedPaceTests {
    /// A link: frames queue before a narrow place and then take their way. All times in milliseconds.
    private struct Run {
        var frames = 0
        var ages: [Double] = []

        /// Sends the newest of 30 frames a second whenever the pace lets it, for 30 seconds; a frame needs `narrow` in the narrow place
        /// and `way` each way, and what leaves waits in a buffer without limits.
        init(narrow: (Double) -> Double, way: Double) {
            var pace = AcknowledgedPace()
            pace.note(roundTrip: .microseconds(Int64(2 * way * 1000)))
            var (free, sequence) = (0.0, UInt64(0))
            var acknowledgements: [(at: Double, sequence: UInt64)] = []
            var lastTaken = -1.0
            for tick in 0..<30_000 {
                let now = Double(tick)
                let deadline = NIODeadline.uptimeNanoseconds(UInt64((now + 1000) * 1e6))
                while let next = acknowledgements.first, next.at <= now {
                    acknowledgements.removeFirst()
                    pace.acknowledged(next.sequence, at: deadline)
                }
                let newest = (now * 30 / 1000).rounded(.down) * 1000 / 30
                guard newest > lastTaken, pace.mayLeave(at: deadline) else { continue }
                lastTaken = newest
                sequence += 1
                pace.sent(sequence, at: deadline)
                free = max(free, now) + narrow(now)
                acknowledgements.append((free + 2 * way, sequence))
                if now > 5000 {
                    frames += 1
                    ages.append(free + way - newest)
                }
            }
            ages.sort()
        }

        var perSecond: Double { Double(frames) / 25 }
        func age(_ part: Double) -> Double { ages[Int(Double(ages.count - 1) * part)] }
    }

    /// 50 KB through 3 Mbit/s take 133 ms: the link is full, and nothing queues in front of it, however long the way.
    @Test(arguments: [1.0, 20, 75, 150]) func aSlowLinkIsFullAndFresh(way: Double) {
        let run = Run(narrow: { _ in 133 }, way: way)
        #expect(run.perSecond > 6.5, "\(run.perSecond) frames a second, \(way) ms each way")
        #expect(run.age(0.5) < 133 + way + 60 && run.age(0.99) < 133 + way + 110, "\(run.age(0.5)) \(run.age(0.99))")
    }

    @Test(arguments: [1.0, 75]) func aFastLinkBringsEveryFrame(way: Double) {
        let run = Run(narrow: { _ in 5 }, way: way)
        #expect(run.perSecond > 29, "\(run.perSecond)")
        #expect(run.age(0.99) < way + 45)
    }

    /// A link that becomes four times slower for a while.
    @Test func aLinkThatBecomesSlowerIsFreshSoon() {
        let run = Run(narrow: { $0 > 15_000 && $0 < 20_000 ? 400 : 100 }, way: 20)
        #expect(run.age(0.5) < 220 && run.age(1) < 1700, "\(run.age(0.5)) \(run.age(1))")
    }

    @Test func aStrangersAcknowledgementCountsForNothing() {
        var pace = AcknowledgedPace()
        let now = NIODeadline.now()
        pace.sent(5, at: now)
        #expect(!pace.mayLeave(at: now + .hours(1)))
        pace.acknowledged(4, at: now)
        pace.acknowledged(6, at: now)
        #expect(!pace.mayLeave(at: now + .hours(1)))
        pace.acknowledged(5, at: now + .milliseconds(10))
        #expect(pace.mayLeave(at: now + .milliseconds(10)))
    }
}
