import CameraClient
import NIOCore
import TestSupport
import Testing

@testable import Relay

@Suite struct SourceStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var machine = SourceStateMachine(backoff: Backoff(minimum: .milliseconds(500), maximum: .seconds(10)))
    private let lost = CameraError.connection(reason: "connection refused")

    @Test mutating func waitsGrowWhileTheCameraIsAway() {
        let waits = (0..<7).map { _ in
            machine.dialing()
            return machine.ended(lost, fraction: 1).wait
        }
        #expect(waits == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10)])
        #expect(machine.state == .waiting)
    }

    @Test mutating func backoffStartsAnewOnlyAfterTenSecondsOfFrames() {
        for _ in 0..<6 { _ = machine.ended(lost, fraction: 1) }
        machine.dialing()
        _ = machine.frame(at: start)
        _ = machine.frame(at: start + .milliseconds(9_999))
        let retry1 = machine.ended(.ended, fraction: 1)
        #expect(retry1.wait == .seconds(10))
        machine.dialing()
        _ = machine.frame(at: start)
        _ = machine.frame(at: start + .seconds(10))
        let retry2 = machine.ended(.ended, fraction: 1)
        #expect(retry2.wait == .milliseconds(500))
    }

    @Test mutating func onlyTheFirstFrameOfADialIsNews() {
        machine.dialing()
        #expect(machine.state == .connecting)
        let first = machine.frame(at: start)
        #expect(first)
        #expect(machine.state == .streaming)
        let second = machine.frame(at: start + .seconds(1))
        #expect(!second)
        machine.dialing()
        let next = machine.frame(at: start + .seconds(2))
        #expect(next)
    }

    @Test mutating func aReasonIsNewsOnceUntilFramesFlow() {
        let retry3 = machine.ended(lost, fraction: 0)
        #expect(retry3.isNews)
        let retry4 = machine.ended(lost, fraction: 0)
        #expect(!retry4.isNews)
        let retry5 = machine.ended(.loginRequired, fraction: 0)
        #expect(retry5.isNews)
        machine.dialing()
        _ = machine.frame(at: start)
        let retry6 = machine.ended(.ended, fraction: 0)
        #expect(retry6.isNews)
        machine.dialing()
        _ = machine.frame(at: start)
        let retry7 = machine.ended(.ended, fraction: 0)
        #expect(retry7.isNews)
    }

    @Test mutating func thatACameraHasOnlySinglePicturesIsNewsOnce() {
        let news = (0..<3).map { _ in
            machine.dialing()
            _ = machine.frame(at: start)
            return machine.ended(.singlePicture, fraction: 0).isNews
        }
        #expect(news == [true, false, false])
    }

    @Test mutating func aRefusedLoginWaitsLongerEachTimeUpToTenMinutes() {
        let waits = (0..<7).map { _ in machine.ended(.loginRefused(401), fraction: 0.5).wait }
        #expect(waits == [30, 60, 120, 240, 480, 600, 600].map { .seconds($0) })
        #expect(machine.state == .refused)
        let retry8 = machine.ended(.loginRefused(401), fraction: 0)
        #expect(retry8.wait == .seconds(480))
        let retry9 = machine.ended(.loginRefused(401), fraction: 1)
        #expect(abs(retry9.wait.inSeconds - 720) < 0.001)
    }

    @Test mutating func aPageInsteadOfPicturesWaitsUpToAMinute() {
        let waits = (0..<4).map { _ in machine.ended(.notAPicture(mediaType: "text/html"), fraction: 0).wait }
        #expect(waits == [10, 20, 40, 60].map { .seconds($0) })
    }

    @Test mutating func framesForgiveRefusals() {
        for _ in 0..<4 { _ = machine.ended(.loginRefused(401), fraction: 0.5) }
        machine.dialing()
        _ = machine.frame(at: start)
        let retry10 = machine.ended(.loginRefused(401), fraction: 0.5)
        #expect(retry10.wait == .seconds(30))
    }

    @Test mutating func aStallShowsUntilItsDialEnds() {
        machine.dialing()
        _ = machine.frame(at: start)
        _ = machine.ended(.stalled(after: .seconds(10)), fraction: 0)
        #expect(machine.state == .stalled)
        machine.dialing()
        #expect(machine.state == .stalled)
        _ = machine.ended(lost, fraction: 0)
        #expect(machine.state == .waiting)
    }

    @Test(arguments: [(60, 60), (10_000, 300), (0, 0)])
    mutating func aCameraMayAskForTimeUpToFiveMinutes(asked: Int, seconds: Int) {
        let wait = machine.ended(.status(503, reason: "", retryAfter: asked), fraction: 0).wait
        #expect(wait == max(Backoff.floor, .seconds(seconds)))
    }

    @Test mutating func viewersWakeAtMostOnceASecondAndNeverARefusal() {
        machine.dialing()
        _ = machine.ended(lost, fraction: 1)
        let wakes = [0, 999, 1000, 1500, 2000].map { machine.wakes(at: start + .milliseconds($0)) }
        #expect(wakes == [true, false, true, false, true])
        machine.dialing()
        _ = machine.ended(.loginRefused(401), fraction: 1)
        let wakesRefused = machine.wakes(at: start + .seconds(60))
        #expect(!wakesRefused)
    }

    @Test mutating func aFlappingCameraIsDialledAtMostOncePerSecondOnAverage() {
        var generator = SeededRandom(seed: 1)
        var now = TimeAmount.zero
        var dials = 0
        while now < .seconds(60) {
            machine.dialing()
            dials += 1
            _ = machine.frame(at: start + now)
            now = now + .milliseconds(200)
            now = now + TimeAmount(machine.ended(.ended, fraction: .random(in: 0...1, using: &generator)).wait)
        }
        #expect(dials <= 60)
    }
}
