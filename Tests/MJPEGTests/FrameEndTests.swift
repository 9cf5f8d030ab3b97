import MJPEG
import Testing

@Suite struct FrameEndTests {
    @Test func withoutALengthThePictureEndsAtItsEndOfImage() {
        var end = FrameEnd()
        #expect(end.meetEndOfImage(at: 90) == .end(at: 90, .unknown))
    }

    @Test func withTheRightLengthThePictureEndsAtItsEndOfImage() {
        var end = FrameEnd(bodyLength: 90, skipped: 0)
        #expect(end.meetEndOfImage(at: 90) == .end(at: 90, .right))
    }

    @Test func bytesBeforeThePictureCountInTheLengthUntilTheyDoNot() {
        var end = FrameEnd(bodyLength: 100, skipped: 10)
        #expect(end.length == 90)
        #expect(end.meetOtherBytes() == .walkOn(from: 90, .unknown))
        #expect(end.length == 100)
        #expect(end.meetEndOfImage(at: 100) == .end(at: 100, .right))
    }

    @Test(arguments: [
        (0, 0 as UInt8, false), (1, 0, false), (1, 0x0A, true), (2, 0x0A, true), (5, 0, false), (10, 0, true), (10, 0x0A, true),
    ]) func whatStandsBehindTheEndOfImageGoesAlongUnlessItMayBeADelimiter(candidate: Int, last: UInt8, isLikely: Bool) {
        var end = FrameEnd(bodyLength: 100, skipped: 0)
        #expect(end.meetEndOfImage(at: 90) == .lookBehind)
        #expect(end.meetLength(candidate: candidate, behind: last) == (isLikely ? .lookBehind : .end(at: 100, .right)))
        #expect(end.meetDelimiter(isLineEndWithinLength: true) == .end(at: 90, .tooLarge))
        #expect(end.meetEndOfStream(at: 99) == .end(at: 90, .unknown))
        #expect(end.meetEndOfStream(at: 100) == .end(at: 100, .right))
        #expect(end.meetOtherBytes() == .end(at: 100, .right))
    }

    @Test func aPictureWithoutItsEndIsWholeWhereADelimiterFollowsItsLength() {
        var end = FrameEnd(bodyLength: 100, skipped: 0)
        #expect(end.meetLength(candidate: 0, behind: 0) == .lookBehind)
        #expect(end.meetDelimiter(isLineEndWithinLength: false) == .end(at: 100, .right))
        #expect(end.meetDelimiter(isLineEndWithinLength: true) == .drop(.tooLarge))
        #expect(end.meetEndOfStream(at: 101) == .end(at: 100, .right))
        #expect(end.meetOtherBytes() == .walkOn(from: 100, .tooSmall))
        #expect(end.length == nil)
        #expect(end.meetEndOfStream(at: 101) == .drop(.unknown))
    }
}
