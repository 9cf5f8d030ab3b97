import NIOCore
import Testing

@testable import Relay

/// Whose turn it is to publish, decided without clock and sockets.
@Suite struct PublisherTurnsTests {
    private static let stallTimeout = TimeAmount.seconds(10)

    private static func at(_ seconds: Double) -> NIODeadline { .uptimeNanoseconds(UInt64((1000 + seconds) * 1e9)) }

    @Test func theFirstBeginsAndTheSameNameTakesOver() {
        var turns = PublisherTurns()
        #expect(turns.ask("a", at: Self.at(0), stallTimeout: Self.stallTimeout) == .begins)
        #expect(turns.ask("a", at: Self.at(1), stallTimeout: Self.stallTimeout) == .takesOver)
        turns.ended()
        #expect(turns.ask("a", at: Self.at(2), stallTimeout: Self.stallTimeout) == .begins)
    }

    @Test func theFourthTakeoverWithinHalfAMinuteIsRefusedAndToldOnce() {
        var turns = PublisherTurns()
        _ = turns.ask("a", at: Self.at(0), stallTimeout: Self.stallTimeout)
        for second in [1.0, 2, 3] { #expect(turns.ask("a", at: Self.at(second), stallTimeout: Self.stallTimeout) == .takesOver) }
        #expect(turns.ask("a", at: Self.at(4), stallTimeout: Self.stallTimeout) == .tooOften(wait: .seconds(27), isNews: true))
        #expect(turns.ask("a", at: Self.at(30.5), stallTimeout: Self.stallTimeout) == .tooOften(wait: .milliseconds(500), isNews: false))
        // What was refused is no takeover.
        #expect(turns.ask("a", at: Self.at(31), stallTimeout: Self.stallTimeout) == .takesOver)
        #expect(turns.ask("a", at: Self.at(31.5), stallTimeout: Self.stallTimeout) == .tooOften(wait: .milliseconds(500), isNews: false))
    }

    @Test func connectionsOneBehindTheOtherAreNoTakeovers() {
        var turns = PublisherTurns()
        for second in 0..<100 {
            #expect(turns.ask("a", at: Self.at(Double(second)), stallTimeout: Self.stallTimeout) == .begins)
            turns.frame(at: Self.at(Double(second) + 0.1))
            turns.ended()
        }
    }

    @Test func anotherNameWaitsForASilenceOfThePatience() {
        var turns = PublisherTurns()
        _ = turns.ask("a", at: Self.at(0), stallTimeout: Self.stallTimeout)
        #expect(turns.ask("b", at: Self.at(4), stallTimeout: Self.stallTimeout) == .taken(wait: .seconds(6)))
        turns.frame(at: Self.at(5))
        #expect(turns.ask("b", at: Self.at(14.5), stallTimeout: Self.stallTimeout) == .taken(wait: .milliseconds(500)))
        #expect(turns.name == "a" && turns.isConnected)
        #expect(turns.ask("b", at: Self.at(15), stallTimeout: Self.stallTimeout) == .takesOver)
        #expect(turns.name == "b" && turns.lastFrame == nil)
        // The one who was there is another name now.
        #expect(turns.ask("a", at: Self.at(16), stallTimeout: Self.stallTimeout) == .taken(wait: .seconds(9)))
    }

    @Test func whoNeverSentAFrameAndIsGoneHoldsNothing() {
        var turns = PublisherTurns()
        _ = turns.ask("a", at: Self.at(0), stallTimeout: Self.stallTimeout)
        turns.ended()
        #expect(turns.ask("b", at: Self.at(0.1), stallTimeout: Self.stallTimeout) == .begins)
        turns.frame(at: Self.at(0.2))
        turns.ended()
        #expect(turns.ask("a", at: Self.at(0.3), stallTimeout: Self.stallTimeout) == .taken(wait: .milliseconds(9900)))
    }
}
