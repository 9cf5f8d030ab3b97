import NIOCore
import Testing

@testable import Relay

/// When it is told that a camera is lost or back.
@Suite struct LossWatchTests {
    /// A watch with a clock of its own.
    private struct Bench {
        var watch: LossWatch
        private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        private var state = SourceState.connecting
        private var since = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        private(set) var told: [String] = []
        var arrives = true
        /// Whether messages arrive as soon as they are sent.
        var isAtOnce = true

        init(after: Int64) { watch = LossWatch(after: .seconds(after)) }

        /// Stays in a state for so many seconds, looked at every half second.
        mutating func stay(_ next: SourceState, _ seconds: Double, reason: String? = "gone") {
            if next != state { (state, since) = (next, now) }
            for _ in 0..<Int(seconds * 2) {
                now = now + .milliseconds(500)
                if let notice = watch.look("a", state, since: since, reason: reason.map { ($0, "public") }, at: now) {
                    told.append("\(notice.state.rawValue) \(notice.seconds)")
                    if isAtOnce { watch.ended(notice.state, hasArrived: arrives) }
                }
            }
        }
    }

    @Test func aStartTellsNothingForAfter() {
        var bench = Bench(after: 60)
        bench.stay(.connecting, 59)
        #expect(bench.told.isEmpty)
        bench.stay(.streaming, 1000)
        #expect(bench.told.isEmpty)
    }

    @Test func aCameraThatNeverCameIsLost() {
        var bench = Bench(after: 60)
        for _ in 0..<10 {
            bench.stay(.connecting, 5)
            bench.stay(.waiting, 5)
        }
        #expect(bench.told == ["lost 60"])
    }

    @Test func lostAndBackAreToldOnceEach() {
        var bench = Bench(after: 60)
        bench.stay(.streaming, 100)
        bench.stay(.waiting, 200)
        bench.stay(.refused, 200)
        bench.stay(.streaming, 9.5)
        #expect(bench.told == ["lost 60"])
        bench.stay(.streaming, 1000)
        #expect(bench.told == ["lost 60", "back 400"])
        bench.stay(.stalled, 60)
        #expect(bench.told == ["lost 60", "back 400", "lost 60"])
    }

    @Test func shortLossesTellNothing() {
        var bench = Bench(after: 60)
        for _ in 0..<20 {
            bench.stay(.streaming, 11)
            bench.stay(.waiting, 59)
        }
        #expect(bench.told.isEmpty)
    }

    /// Moments of pictures are no return, neither before nor after it was told.
    @Test func aCameraThatComesAndGoesIsOneLoss() {
        var bench = Bench(after: 60)
        bench.stay(.streaming, 100)
        for _ in 0..<100 {
            bench.stay(.waiting, 5)
            bench.stay(.streaming, 9)
        }
        #expect(bench.told == ["lost 60"])
    }

    @Test func withAShortAfterTheReturnIsToldSoonerToo() {
        var bench = Bench(after: 2)
        bench.stay(.waiting, 2)
        bench.stay(.streaming, 2)
        #expect(bench.told == ["lost 2", "back 2"])
    }

    @Test(arguments: [SourceState.off, .idle])
    func nobodyIsToldOfWhatNobodyWants(_ state: SourceState) {
        var bench = Bench(after: 60)
        bench.stay(.streaming, 100)
        bench.stay(state, 1000)
        #expect(bench.told.isEmpty)
        // What had begun before does not count on.
        bench.stay(.waiting, 50)
        bench.stay(state, 20)
        bench.stay(.connecting, 50)
        #expect(bench.told.isEmpty)
        // "Back" still follows "lost", when it is back and not before.
        bench.stay(.connecting, 10)
        bench.stay(state, 100)
        #expect(bench.told == ["lost 60"])
        bench.stay(.streaming, 20)
        #expect(bench.told.count == 2)
    }

    @Test func backIsNotToldWhereLostDidNotArrive() {
        var bench = Bench(after: 60)
        bench.arrives = false
        bench.stay(.waiting, 1000)
        #expect(bench.told == ["lost 60"])
        bench.stay(.streaming, 1000)
        #expect(bench.told == ["lost 60"])
        bench.arrives = true
        bench.stay(.waiting, 60)
        #expect(bench.told == ["lost 60", "lost 60"])
    }

    @Test func whatHappensMeanwhileIsToldAfterwardsAndOnlyIfItStillHolds() {
        var bench = Bench(after: 60)
        bench.isAtOnce = false
        bench.stay(.waiting, 60)
        bench.stay(.streaming, 100)
        bench.stay(.waiting, 100)
        bench.stay(.streaming, 100)
        #expect(bench.told == ["lost 60"])
        bench.watch.ended(.lost, hasArrived: true)
        bench.stay(.streaming, 1)
        #expect(bench.told.count == 2 && bench.told.last?.hasPrefix("back") == true)
        bench.stay(.streaming, 100)
        bench.watch.ended(.back, hasArrived: true)
        bench.stay(.streaming, 100)
        #expect(bench.told.count == 2)
    }

    @Test func messagesHoldWhyAndNothingEndsThem() throws {
        var watch = LossWatch(after: .seconds(1))
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        _ = watch.look("a", .waiting, since: start, reason: ("it said \"no\"", "no"), at: start)
        let told = watch.look("a", .connecting, since: start, reason: nil, at: start + .seconds(5))
        let notice = try #require(told)
        #expect(notice.json == #"{"source":"a","state":"lost","reason":"no","seconds":5}"#)
        #expect(
            notice.environment == [
                "MJPEG_RELAY_SOURCE": "a", "MJPEG_RELAY_STATE": "lost", "MJPEG_RELAY_REASON": "it said \"no\"", "MJPEG_RELAY_SECONDS": "5",
            ])
    }
}
