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
