import MJPEG
import NIOCore
import RelayConfiguration
import Testing

@testable import Relay

/// How limited rates are shared out: values, without a clock.
@Suite struct RateTests {
    private static func at(_ milliseconds: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(milliseconds) * 1_000_000) }

    @Test func aSourcesRateIsSharedByItsViewers() throws {
        let demand = RateShares.Demand(groups: [.init(viewers: 40)], frameBytes: 20_000, framesPerSecond: 30, bytesPerSecond: 2_500_000)
        let share = try #require(RateShares.reckon([demand], bytesPerSecond: nil)[0])
        #expect(share.limit == .source)
        #expect(abs(share.framesPerSecond - 3.125) < 1e-9)
    }

    @Test func theRelaysRateLeavesSlowSourcesAllTheirFrames() throws {
        let demands = [
            RateShares.Demand(groups: [.init(viewers: 10)], frameBytes: 10_000, framesPerSecond: 1, bytesPerSecond: nil),
            RateShares.Demand(groups: [.init(viewers: 5)], frameBytes: 20_000, framesPerSecond: 30, bytesPerSecond: nil),
            RateShares.Demand(groups: [.init(viewers: 2)], frameBytes: 50_000, framesPerSecond: 30, bytesPerSecond: 50_000),
            RateShares.Demand(groups: [.init(viewers: 0)], frameBytes: 50_000, framesPerSecond: 30, bytesPerSecond: nil),
            RateShares.Demand(groups: [.init(viewers: 3)], frameBytes: nil, framesPerSecond: nil, bytesPerSecond: nil),
        ]
        let shares = RateShares.reckon(demands, bytesPerSecond: 1_150_000)
        // 100,000 and 50,000 bytes are wanted by those who want little; a million is left to five viewers of 20,000 bytes.
        let common = try #require(shares[1])
        #expect(common.limit == .relay)
        #expect(abs(common.framesPerSecond - 10) < 1e-9)
        #expect(try #require(shares[2]).limit == .source)
        // The common pace would hold for it too, if its camera became faster.
        #expect(shares[0].map { $0.framesPerSecond > 1 } ?? true)
        let sent = zip(demands, shares).reduce(0.0) { sum, pair in
            let fps = min(pair.0.framesPerSecond ?? 0, pair.1?.framesPerSecond ?? .infinity)
            return sum + Double(pair.0.groups[0].viewers) * (pair.0.frameBytes ?? 0) * fps
        }
        #expect(abs(sent - 1_150_000) < 1)
    }

    @Test func whereThereIsPlentyNothingIsLimited() {
        let demand = RateShares.Demand(groups: [.init(viewers: 2)], frameBytes: 10_000, framesPerSecond: 10, bytesPerSecond: nil)
        #expect(RateShares.reckon([demand], bytesPerSecond: 1_000_000) == [nil])
        #expect(RateShares.reckon([], bytesPerSecond: 1) == [])
    }

    /// Sizes that are not what was reckoned with, and snapshots beside them: the sum comes to the rate all the same.
    @Test(arguments: [0.5, 1.0, 1.7]) func whatWasSentTooMuchIsPaidBack(factor: Double) {
        var budget = RateBudget(bitsPerSecond: 8_000_000)
        var (allowance, sum) = (budget.bytesPerSecond, 0.0)
        for second in 0..<120 {
            let sent = allowance * factor + 20_000
            if second >= 60 { sum += sent }
            allowance = budget.allowance(after: sent, in: 1)
        }
        let share = sum / 60 / budget.bytesPerSecond
        #expect(factor < 1 ? (0.5...0.6).contains(share) : (0.97...1.03).contains(share), "\(share)")
    }

    @Test func viewersOfAGridTakeOneFrameForEachMoment() {
        let grid = PaceGrid(origin: Self.at(1000), interval: .milliseconds(300))
        #expect(grid.next(after: Self.at(0)) == Self.at(1000))
        #expect(grid.next(after: Self.at(1000)) == Self.at(1300))
        #expect(grid.next(after: Self.at(1299)) == Self.at(1300))
        let other = grid.changed(to: .milliseconds(200), at: Self.at(1400))
        #expect(other.next(after: Self.at(1400)) == Self.at(1600))
        #expect(other.next(after: Self.at(1600)) == Self.at(1800))
    }

    @Test func aViewersRateHoldsWhateverTheSizes() {
        var pacer = RatePacer(bitsPerSecond: 800_000)
        var (now, sent, last) = (0, 0, 0)
        var generator = SystemRandomNumberGenerator()
        // After a pause it owes nothing and has saved up nothing.
        pacer.charge(bytes: 10_000, at: Self.at(0))
        now = 10_000
        while now < 70_000 {
            if pacer.wait(at: Self.at(now)) == nil {
                let bytes = Int.random(in: 5_000...20_000, using: &generator)
                pacer.charge(bytes: bytes, at: Self.at(now))
                (sent, last) = (sent + bytes, now)
            }
            now += 5
        }
        #expect(last > 69_000)
        #expect((5_900_000...6_060_000).contains(sent), "\(sent)")
    }

    @Test func limitsThatChangeHoldAtOnce() {
        var pace = ViewerPace(ViewerWishes(), isCapped: true)
        #expect(pace.isFree(SharedPace()))
        let capped = SharedPace(grid: nil, maxViewerRate: 80_000)
        #expect(!pace.isFree(capped))
        #expect(pace.wait(at: Self.at(0), capped) == nil)
        pace.charge(bytes: 10_000, at: Self.at(0))
        #expect(pace.wait(at: Self.at(500), capped) == Self.at(1000))
        #expect(pace.wait(at: Self.at(500), SharedPace()) == nil)
        let operators = ViewerPace(ViewerWishes(), isCapped: false)
        #expect(operators.isFree(capped))
    }

    @Test func aPictureOfWordsIsAWholePicture() throws {
        let frame = try #require(
            Frame(jpeg: TextPicture.make(["closed until", "Mon 07:00", "!?\u{1F600}", "x", "y"]), timestamp: .now(), kind: .placeholder))
        #expect((frame.width, frame.height) == (640, 360))
        #expect(TextPicture.make([]) != TextPicture.make(["A"]))
    }

    @Test func whoWantsLittleLeavesTheRestToOthers() throws {
        let groups = [RateShares.Group(viewers: 30, framesPerSecond: 0.2), RateShares.Group(viewers: 5)]
        let demand = RateShares.Demand(groups: groups, frameBytes: 50_000, framesPerSecond: 30, bytesPerSecond: 1_000_000)
        let share = try #require(RateShares.reckon([demand], bytesPerSecond: nil)[0])
        #expect(abs(share.framesPerSecond - 2.8) < 1e-9)
        // Where all want little, nothing is limited.
        let quiet = RateShares.Demand(groups: [groups[0]], frameBytes: 50_000, framesPerSecond: 30, bytesPerSecond: 1_000_000)
        #expect(RateShares.reckon([quiet], bytesPerSecond: 1_000_000) == [nil])
    }

    /// What cannot be slowed down may take nearly all of the rate.
    @Test(arguments: [0.0, 0.5, 0.8]) func theSumHoldsBesideWhatIsNotSlowedDown(fixed: Double) {
        var budget = RateBudget(bitsPerSecond: 8_000_000)
        var (allowance, sum) = (budget.bytesPerSecond, 0.0)
        for second in 0..<120 {
            let sent = allowance + fixed * budget.bytesPerSecond
            if second >= 60 { sum += sent }
            allowance = budget.allowance(after: sent, in: 1)
        }
        #expect((0.97...1.03).contains(sum / 60 / budget.bytesPerSecond))
    }

    @Test func aTimeThatIsOverIsFollowedByAPause() {
        let times = WatchTimes()
        func now(_ seconds: Int) -> NIODeadline { Self.at(seconds * 1000) }
        func begin(_ address: String, _ source: String, _ seconds: Int) -> NIODeadline {
            times.begin(address, source, at: now(seconds), limit: .seconds(60)).end
        }
        func left(_ address: String, at seconds: Int, isOver: Bool = false, pause: Int = 30) {
            times.left(address, "a", isOver: isOver, pause: .seconds(Int64(pause)), at: now(seconds))
        }
        #expect(begin("192.0.2.1", "a", 100) == now(160))
        // Who loads the page again, or opens another one meanwhile, does not begin anew.
        #expect(begin("192.0.2.1", "a", 120) == now(160))
        left("192.0.2.1", at: 130)
        left("192.0.2.1", at: 140)
        #expect(begin("192.0.2.1", "a", 145) == now(160))
        #expect(begin("192.0.2.1", "a", 146) == now(160))
        left("192.0.2.1", at: 147)
        // Another address does, and so does another camera.
        #expect(begin("192.0.2.2", "a", 145) == now(205))
        #expect(begin("192.0.2.1", "b", 145) == now(205))
        left("192.0.2.1", at: 160, isOver: true)
        #expect(times.pause(of: "192.0.2.1", from: "a", at: now(161)) == .seconds(29))
        #expect(times.pause(of: "192.0.2.2", from: "a", at: now(161)) == nil)
        // One that leaves meanwhile does not change it.
        left("192.0.2.1", at: 162, isOver: true, pause: 99)
        #expect(times.pause(of: "192.0.2.1", from: "a", at: now(189)) == .seconds(1))
        #expect(times.pause(of: "192.0.2.1", from: "a", at: now(190)) == nil)
        #expect(begin("192.0.2.1", "a", 190) == now(250))
        // A real pause of one's own accord counts as one.
        left("192.0.2.1", at: 200)
        #expect(begin("192.0.2.1", "a", 231) == now(291))
    }
}
