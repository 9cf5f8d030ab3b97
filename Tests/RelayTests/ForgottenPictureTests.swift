import MJPEG
import NIOCore
import NIOEmbedded
import Testing

@testable import Relay

/// A hub whose newest picture is not to be seen any more.
@Suite struct ForgottenPictureTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func frame() throws -> Frame {
        try #require(Frame(jpeg: Placeholder.noSignal, timestamp: Timestamp(microseconds: 1)))
    }

    @Test func nothingIsLeftAndTheNumbersGoOn() throws {
        var frames = PacedFrames(maxFPS: nil)
        _ = frames.take(try frame(), at: start)
        _ = frames.take(try frame(), at: start + .seconds(1))
        #expect(frames.newest?.sequence == 2)
        frames.forget()
        #expect(frames.newest == nil)
        frames.renew(with: try frame(), at: start)
        #expect(frames.newest == nil)
        // A viewer who has seen number 2 must not take the next one for it.
        _ = frames.take(try frame(), at: start + .seconds(2))
        #expect(frames.newest?.sequence == 3)
        frames.forget()
        #expect(frames.adopt(try frame(), arrival: start))
        #expect(frames.newest?.sequence == 4)
    }

    @Test func aPictureThatWaitsForItsSlotIsForgottenToo() throws {
        var frames = PacedFrames(maxFPS: 1)
        _ = frames.take(try frame(), at: start)
        let outcome = frames.take(try frame(), at: start + .milliseconds(100))
        #expect(outcome != .show)
        frames.forget()
        let isShown = frames.takeHeld(at: start + .seconds(10))
        #expect(!isShown)
        #expect(frames.newest == nil)
    }
}
