import MJPEG
import NIOCore
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct LossPolicyTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var policy = LossPolicy(
        heartbeat: .seconds(5), stallTimeout: .seconds(10), onLoss: .placeholder, isOff: false, placeholder: ByteBuffer())

    private func part(_ viewing: LossPolicy.Viewing, newestAge: TimeAmount?, after: TimeAmount) -> LossPolicy.Part {
        policy.part(for: viewing, newestAge: newestAge, at: start + after)
    }

    @Test func aFreshFrameIsShownAgainBeforeTheHeartbeatIsOver() {
        let viewing = LossPolicy.Viewing(since: start, lastPart: start)
        #expect(part(viewing, newestAge: .milliseconds(3900), after: .milliseconds(3900)) == .nothing)
        #expect(part(viewing, newestAge: .seconds(4), after: .seconds(4)) == .again)
        // The next look would come too late otherwise.
        #expect(policy.interval == .seconds(1))
    }

    @Test func theFirstPlaceholderWaitsThreeSeconds() {
        let viewing = LossPolicy.Viewing(since: start)
        #expect(part(viewing, newestAge: nil, after: .milliseconds(2900)) == .nothing)
        #expect(part(viewing, newestAge: nil, after: .seconds(3)) == .placeholder)
    }

    @Test func whoComesToALostCameraSeesThePlaceholderAtOnce() {
        #expect(part(LossPolicy.Viewing(since: start), newestAge: .seconds(10), after: .zero) == .placeholder)
    }

    @Test func anOldFrameGivesWayToThePlaceholderAtOnceThenAtEachHeartbeat() {
        var viewing = LossPolicy.Viewing(since: start, lastPart: start + .seconds(9), lastKind: .repeat)
        #expect(part(viewing, newestAge: .seconds(10), after: .seconds(10)) == .placeholder)
        viewing.lastPart = start + .seconds(10)
        viewing.lastKind = .placeholder
        #expect(part(viewing, newestAge: .seconds(11), after: .seconds(11)) == .nothing)
        #expect(part(viewing, newestAge: .seconds(14), after: .seconds(14)) == .placeholder)
    }

    @Test mutating func lastShowsTheLastFrameWhereThereIsOne() {
        policy.onLoss = .last
        let viewing = LossPolicy.Viewing(since: start, lastPart: start)
        #expect(part(viewing, newestAge: .seconds(3600), after: .seconds(4)) == .again)
        #expect(part(LossPolicy.Viewing(since: start), newestAge: nil, after: .seconds(3)) == .placeholder)
    }

    @Test mutating func silentSendsNothingOnceTheFrameIsOld() {
        policy.onLoss = .silent
        let viewing = LossPolicy.Viewing(since: start, lastPart: start)
        #expect(part(viewing, newestAge: .seconds(9), after: .seconds(9)) == .again)
        #expect(part(viewing, newestAge: .seconds(10), after: .seconds(100)) == .nothing)
        #expect(part(LossPolicy.Viewing(since: start), newestAge: nil, after: .seconds(100)) == .nothing)
    }

    @Test mutating func closeEndsAfterTheStallTimeout() {
        policy.onLoss = .close
        #expect(part(LossPolicy.Viewing(since: start), newestAge: nil, after: .milliseconds(9_900)) == .nothing)
        #expect(part(LossPolicy.Viewing(since: start), newestAge: nil, after: .seconds(10)) == .end)
        let repeated = LossPolicy.Viewing(since: start, lastPart: start + .seconds(8), lastKind: .repeat)
        #expect(part(repeated, newestAge: .seconds(10), after: .seconds(10)) == .end)
    }

    @Test func aViewersWishComesBeforeTheSources() {
        let viewing = LossPolicy.Viewing(since: start, onLoss: .silent)
        #expect(part(viewing, newestAge: .seconds(20), after: .seconds(20)) == .nothing)
    }

    @Test mutating func aSourceThatIsOffShowsSoAtOnceHoweverYoungItsFrame() {
        policy.isOff = true
        #expect(part(LossPolicy.Viewing(since: start), newestAge: nil, after: .zero) == .placeholder)
        #expect(part(LossPolicy.Viewing(since: start, lastPart: start), newestAge: .zero, after: .milliseconds(1)) == .placeholder)
    }
}
