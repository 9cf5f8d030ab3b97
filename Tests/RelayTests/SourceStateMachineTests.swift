import CameraClient
import NIOCore
import TestSupport
import Testing
import Text

@testable import Relay

@Suite struct SourceStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var machine = SourceStateMachine(backoff: Backoff(minimum: .milliseconds(500), maximum: .seconds(10)))
    private let lost = CameraError.connection(reason: "connection refused")

    @Test mutating func waitsGrowWhileTheCameraIsAway() {
        let waits = (0..<7).map { _ in
            machine.dialing(at: start)
            return machine.ended(lost, at: start, fraction: 1).wait
        }
        #expect(waits == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10)])
        #expect(machine.state == .waiting)
    }

    @Test mutating func backoffStartsAnewOnlyAfterTenSecondsOfFrames() {
        for _ in 0..<6 { _ = machine.ended(lost, at: start, fraction: 1) }
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        _ = machine.frame(at: start + .milliseconds(9_999))
        let retry1 = machine.ended(.ended, at: start + .seconds(10), fraction: 1)
        #expect(retry1.wait == .seconds(10))
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        _ = machine.frame(at: start + .seconds(10))
        // Frames for longer than the wait would be: at once. The dial after it shows that the back-off starts anew.
        let retry2 = machine.ended(.ended, at: start + .seconds(10), fraction: 1)
        #expect(retry2.wait == .zero)
        machine.dialing(at: start)
        let retry3 = machine.ended(lost, at: start, fraction: 1)
        #expect(retry3.wait == .milliseconds(500))
    }

    /// Of a list of addresses, one that fails takes the state with it until another brings a frame; what was gained is not lost.
    @Test mutating func betweenTwoAddressesNothingStreams() {
        machine.dialing(at: start)
        machine.addressEnded(lost)
        #expect(machine.state == .connecting, "nothing came yet")
        let isFirst = machine.frame(at: start)
        #expect(isFirst && machine.state == .streaming)
        machine.addressEnded(.ended)
        #expect(machine.state == .connecting)
        let isOfNext = machine.frame(at: start + .seconds(3))
        #expect(isOfNext && machine.state == .streaming, "as a connect of its own")
        let isAnother = machine.frame(at: start + .seconds(4))
        #expect(!isAnother)
        machine.addressEnded(.stalled(after: .seconds(10)))
        #expect(machine.state == .stalled)
        let retry = machine.ended(lost, at: start + .seconds(5), fraction: 1)
        #expect(retry.hadFrames && retry.isNews && machine.state == .waiting)
        // Nothing of it is left for the next dial.
        machine.dialing(at: start + .seconds(6))
        let isFirstAgain = machine.frame(at: start + .seconds(6))
        let isSecond = machine.frame(at: start + .seconds(7))
        #expect(isFirstAgain && !isSecond)
    }

    /// Streams that end after some seconds, again and again: nothing is lost but the dial itself.
    @Test(arguments: [2, 5, 30], [0.0, 0.5, 1.0])
    mutating func aStreamThatEndsSoonIsDialledAtOnce(seconds: Int64, fraction: Double) {
        var now = start
        for _ in 0..<20 {
            machine.dialing(at: now)
            _ = machine.frame(at: now + .milliseconds(10))
            now = now + .seconds(seconds)
            _ = machine.frame(at: now)
            let retry = machine.ended(.connection(reason: "\(now)"), at: now, fraction: fraction)
            #expect(retry.wait == .zero)
        }
    }

    /// One picture for each connection is one picture a second, however quick the dials are.
    @Test(arguments: [10, 300, 900, 1500], [0.0, 1.0])
    mutating func aStreamOfOnePictureIsDialledOnceASecond(milliseconds: Int64, fraction: Double) {
        var now = start
        for _ in 0..<20 {
            machine.dialing(at: now)
            let began = now
            now = now + .milliseconds(milliseconds)
            _ = machine.frame(at: now)
            now = now + TimeAmount(machine.ended(.ended, at: now, fraction: fraction).wait)
            #expect(now - began >= .seconds(1))
            #expect(now - began <= .milliseconds(max(1000, milliseconds + 500)))
        }
    }

    /// A camera that was away for long and comes back with short streams: each of them makes up for one failure.
    @Test mutating func shortStreamsMakeUpForFailures() {
        for _ in 0..<6 { _ = machine.ended(lost, at: start, fraction: 1) }
        var waits: [Duration] = []
        for _ in 0..<6 {
            machine.dialing(at: start)
            _ = machine.frame(at: start)
            _ = machine.frame(at: start + .seconds(2))
            waits.append(machine.ended(.ended, at: start + .seconds(2), fraction: 1).wait)
        }
        #expect(waits == [.seconds(10), .seconds(8), .seconds(4), .seconds(2), .zero, .zero])
    }

    @Test mutating func aBusyCameraIsLeftAloneAlsoBehindFrames() {
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        _ = machine.frame(at: start + .seconds(60))
        let retry = machine.ended(.status(503, reason: "", retryAfter: 20), at: start + .seconds(60), fraction: 0)
        #expect(retry.wait == .seconds(20))
    }

    @Test mutating func onlyTheFirstFrameOfADialIsNews() {
        machine.dialing(at: start)
        #expect(machine.state == .connecting)
        let first = machine.frame(at: start)
        #expect(first)
        #expect(machine.state == .streaming)
        let second = machine.frame(at: start + .seconds(1))
        #expect(!second)
        machine.dialing(at: start)
        let next = machine.frame(at: start + .seconds(2))
        #expect(next)
    }

    @Test mutating func aKindOfReasonIsNewsOnceUntilFramesFlow() {
        let retry3 = machine.ended(lost, at: start, fraction: 0)
        #expect(retry3.isNews)
        let retry4 = machine.ended(lost, at: start, fraction: 0)
        #expect(!retry4.isNews)
        let retry5 = machine.ended(.loginRequired, at: start, fraction: 0)
        #expect(retry5.isNews)
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        let well1 = machine.isWellAgain(at: start)
        #expect(!well1)
        _ = machine.frame(at: start + .seconds(10))
        let well2 = machine.isWellAgain(at: start + .seconds(10))
        #expect(well2)
        let well3 = machine.isWellAgain(at: start + .seconds(11))
        #expect(!well3)
        let retry6 = machine.ended(.ended, at: start, fraction: 0)
        #expect(retry6.isNews)
    }

    /// One line when it is lost, one when it has been well for a while, whatever it says in between.
    @Test mutating func aFlappingCameraIsTwoLines() {
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        let well4 = machine.isWellAgain(at: start)
        #expect(well4)
        let errors: [CameraError] = [
            .ended, .connection(reason: "reset"), .stalled(after: .seconds(1)), .status(503, reason: "", retryAfter: nil), .noFrames,
            .nameNotFound(host: "cam", reason: "away"),
        ]
        var lines = 0
        var now = start
        for round in 0..<200 {
            machine.dialing(at: now)
            if round % 3 != 2 {
                _ = machine.frame(at: now)
                now = now + .seconds(Int64(round % 9))
                _ = machine.frame(at: now)
                let well5 = machine.isWellAgain(at: now)
                #expect(!well5)
            }
            let error =
                round % 2 == 0
                ? CameraError.status(500, reason: CameraText("try \(round)", hiding: Secrets()), retryAfter: nil)
                : errors[round % errors.count]
            if machine.ended(error, at: now, fraction: 0.5).isNews { lines += 1 }
        }
        #expect(lines == 1)
        machine.dialing(at: now)
        _ = machine.frame(at: now)
        let well6 = machine.isWellAgain(at: now)
        #expect(!well6)
        _ = machine.frame(at: now + .seconds(10))
        let well7 = machine.isWellAgain(at: now + .seconds(10))
        #expect(well7)
        machine.dialing(at: now)
        let retry = machine.ended(.ended, at: now, fraction: 0.5)
        #expect(retry.isNews)
    }

    @Test mutating func aCameraThatSleptIsToldToFlowAtOnceAndALostOneIsNot() {
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        let well8 = machine.isWellAgain(at: start)
        #expect(well8)
        machine.sleep()
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        let well9 = machine.isWellAgain(at: start)
        #expect(well9)
        _ = machine.ended(lost, at: start, fraction: 0)
        machine.sleep()
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        let well10 = machine.isWellAgain(at: start)
        #expect(!well10)
        let retry = machine.ended(lost, at: start, fraction: 0)
        #expect(!retry.isNews)
    }

    /// A refused login is held back through sleep and restarts, until frames flow or the time is over.
    @Test mutating func aRefusedLoginIsHeldBackThroughSleep() {
        machine.dialing(at: start)
        let retry = machine.ended(.loginRefused(401), at: start, fraction: 0.5)
        #expect(retry.wait == .seconds(30))
        machine.sleep()
        machine.restart()
        let left = machine.refusalLeft(at: start + .seconds(10))
        #expect(left == .seconds(20))
        #expect(machine.state == .refused)
        #expect(!machine.isFailing)
        let over = machine.refusalLeft(at: start + .seconds(30))
        #expect(over == nil)
        machine.dialing(at: start + .seconds(30))
        let second = machine.ended(.loginRefused(401), at: start + .seconds(31), fraction: 0.5)
        #expect(second.wait == .seconds(60))
    }

    @Test mutating func onlyALoginIsHeldBack() {
        machine.dialing(at: start)
        _ = machine.ended(.status(404, reason: "", retryAfter: nil), at: start, fraction: 0.5)
        #expect(machine.isFailing)
        let left = machine.refusalLeft(at: start)
        #expect(left == nil)
    }

    @Test mutating func thatACameraHasOnlySinglePicturesIsNewsOnce() {
        let news = (0..<3).map { _ in
            machine.dialing(at: start)
            _ = machine.frame(at: start)
            return machine.ended(.singlePicture, at: start, fraction: 0).isNews
        }
        #expect(news == [true, false, false])
    }

    @Test mutating func aRefusedLoginWaitsLongerEachTimeUpToTenMinutes() {
        let waits = (0..<7).map { _ in machine.ended(.loginRefused(401), at: start, fraction: 0.5).wait }
        #expect(waits == [30, 60, 120, 240, 480, 600, 600].map { .seconds($0) })
        #expect(machine.state == .refused)
        let retry8 = machine.ended(.loginRefused(401), at: start, fraction: 0)
        #expect(retry8.wait == .seconds(480))
        let retry9 = machine.ended(.loginRefused(401), at: start, fraction: 1)
        #expect(abs(retry9.wait.inSeconds - 720) < 0.001)
    }

    @Test mutating func aPageInsteadOfPicturesWaitsUpToAMinute() {
        let waits = (0..<4).map { _ in machine.ended(.notAPicture(mediaType: "text/html"), at: start, fraction: 0).wait }
        #expect(waits == [10, 20, 40, 60].map { .seconds($0) })
    }

    @Test mutating func framesForgiveRefusals() {
        for _ in 0..<4 { _ = machine.ended(.loginRefused(401), at: start, fraction: 0.5) }
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        let retry10 = machine.ended(.loginRefused(401), at: start, fraction: 0.5)
        #expect(retry10.wait == .seconds(30))
    }

    @Test mutating func aStallShowsUntilItsDialEnds() {
        machine.dialing(at: start)
        _ = machine.frame(at: start)
        _ = machine.ended(.stalled(after: .seconds(10)), at: start, fraction: 0)
        #expect(machine.state == .stalled)
        machine.dialing(at: start)
        #expect(machine.state == .stalled)
        _ = machine.ended(lost, at: start, fraction: 0)
        #expect(machine.state == .waiting)
    }

    @Test(arguments: [(60, 60), (10_000, 300), (0, 0)])
    mutating func aCameraMayAskForTimeUpToFiveMinutes(asked: Int, seconds: Int) {
        let wait = machine.ended(.status(503, reason: "", retryAfter: asked), at: start, fraction: 0).wait
        #expect(wait == max(Backoff.floor, .seconds(seconds)))
    }

    @Test mutating func viewersWakeAtMostOnceASecondAndNeverARefusal() {
        machine.dialing(at: start)
        _ = machine.ended(lost, at: start, fraction: 1)
        let wakes = [0, 999, 1000, 1500, 2000].map { machine.wakes(at: start + .milliseconds($0)) }
        #expect(wakes == [true, false, true, false, true])
        machine.dialing(at: start)
        _ = machine.ended(.loginRefused(401), at: start, fraction: 1)
        let wakesRefused = machine.wakes(at: start + .seconds(60))
        #expect(!wakesRefused)
    }

    @Test mutating func aFlappingCameraIsDialledAtMostOncePerSecondOnAverage() {
        var generator = SeededRandom(seed: 1)
        var now = TimeAmount.zero
        var dials = 0
        while now < .seconds(60) {
            machine.dialing(at: start + now)
            dials += 1
            _ = machine.frame(at: start + now)
            now = now + .milliseconds(200)
            now = now + TimeAmount(machine.ended(.ended, at: start + now, fraction: .random(in: 0...1, using: &generator)).wait)
        }
        #expect(dials <= 60)
    }
}
