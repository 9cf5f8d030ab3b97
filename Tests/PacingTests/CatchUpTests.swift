import Pacing
import Testing

@Suite struct CatchUpTests {
    @Test(arguments: [
        // Age and interval in milliseconds.
        (0, 40, true), (10, 40, true), (11, 40, false), (39, 40, false), (49, 40, false),
        // The next frame is overdue.
        (50, 40, true), (5000, 40, true),
    ])
    func aViewerThatSkipsTakesALateFrameOnlyWhileItIsFreshOrThereIsNoOther(age: Double, interval: Double, may: Bool) {
        #expect(CatchUp.mayTake(age: .milliseconds(age), interval: .milliseconds(interval), skips: true) == may)
        #expect(CatchUp.mayTake(age: .milliseconds(age), interval: .milliseconds(interval), skips: false))
    }

    @Test(arguments: [(0, 4), (8, 12), (30, 34), (36, 40), (37, 50)])
    func aViewerThatDoesNotSkipIsLookedAtThroughTheInterval(age: Double, next: Double) {
        let look = CatchUp.nextLook(age: .milliseconds(age), interval: .milliseconds(40), skips: false)
        #expect(look == .milliseconds(next))
    }

    @Test(arguments: [
        (0, 40, 4), (4, 40, 8), (8, 40, 50), (30, 40, 50), (50, 40, 60), (60, 40, 70),
        (0, 1000, 62), (200, 1000, 1250), (1250, 1000, 1500),
        // However short the interval: no more than one look in 4 ms.
        (0, 2, 4), (4, 2, 8),
    ])
    func looksComeWhereAFrameMayBeTaken(age: Double, interval: Double, next: Nanoseconds) {
        let look = CatchUp.nextLook(age: .milliseconds(age), interval: .milliseconds(interval), skips: true)
        #expect(look / 1_000_000 == next)
        #expect(CatchUp.mayTake(age: look, interval: .milliseconds(interval), skips: true))
    }
}
