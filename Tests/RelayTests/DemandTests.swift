import NIOCore
import Testing

@testable import Relay

@Suite struct DemandTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let demand = Demand()

    @Test func nobodyWantsFramesAtFirst() {
        #expect(!demand.isWanted(at: start, linger: .seconds(30)))
    }

    @Test func lingerCountsFromTheLastViewer() {
        demand.viewerCame()
        demand.viewerCame()
        demand.viewerLeft(at: start)
        #expect(demand.isWanted(at: start + .hours(1), linger: .zero))
        demand.viewerLeft(at: start + .seconds(10))
        #expect(demand.isWanted(at: start + .milliseconds(39_999), linger: .seconds(30)))
        #expect(!demand.isWanted(at: start + .seconds(40), linger: .seconds(30)))
    }

    @Test func whoWantsMostDecidesHowManyFramesAreWanted() {
        #expect(demand.maxFPS == nil)
        demand.viewerCame(maxFPS: 2)
        #expect(demand.maxFPS == 2)
        demand.viewerCame(maxFPS: 5)
        demand.viewerCame(maxFPS: 5)
        demand.viewerCame(maxFPS: 0.5)
        #expect(demand.maxFPS == 5)
        demand.viewerLeft(maxFPS: 5)
        #expect(demand.maxFPS == 5)
        demand.viewerCame()
        #expect(demand.maxFPS == nil)
        demand.viewerLeft()
        #expect(demand.maxFPS == 5)
        demand.snapshotBegan()
        #expect(demand.maxFPS == nil)
        demand.snapshotEnded(holdUntil: start)
        demand.viewerLeft(maxFPS: 5)
        #expect(demand.maxFPS == 2)
        demand.viewerLeft(maxFPS: 2)
        demand.viewerLeft(maxFPS: 0.5)
        // Nobody is there: no more than the last one wanted, until the next comes.
        #expect(demand.maxFPS == 0.5)
        demand.viewerCame()
        #expect(demand.maxFPS == nil)
        demand.viewerLeft()
        demand.viewerCame(maxFPS: 3)
        #expect(demand.maxFPS == 3)
    }

    @Test func aSnapshotHoldsTheCameraWhileItWaitsAndALittleLonger() {
        demand.snapshotBegan()
        #expect(demand.isWanted(at: start + .hours(1), linger: .zero))
        demand.snapshotEnded(holdUntil: start + .seconds(2))
        #expect(demand.isWanted(at: start + .milliseconds(1_999), linger: .seconds(30)))
        #expect(!demand.isWanted(at: start + .seconds(2), linger: .seconds(30)))
    }

    @Test func aRingBetweenLookAndWaitIsNotLost() async {
        let seen = demand.arrivals.rings
        demand.viewerCame()
        await demand.arrivals.wait(beyond: seen)
        #expect(demand.arrivals.rings == seen + 1)
    }

    @Test func aCancelledWaitEnds() async {
        let demand = demand
        let waiting = Task { await demand.changes.wait(beyond: demand.changes.rings) }
        waiting.cancel()
        await waiting.value
    }
}
