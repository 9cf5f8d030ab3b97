import MJPEG
import Testing

@Suite struct FrameEndTests {
    static func cut(_: Int) -> Wholeness { .cut }

    func end(
        length: Int = 100, skipped: Int = 0, _ trust: LengthTrust.Degree = .believed, endOfImage: Int? = nil, hasSeenWhole: Bool = true
    ) -> FrameEnd {
        var end = FrameEnd(bodyLength: length, skipped: skipped, trust: trust, hasSeenWhole: hasSeenWhole)
        if let endOfImage { #expect(end.meetEndOfImage(at: endOfImage) == .lookBehind) }
        return end
    }

    @Test func withoutALengthThePictureEndsAtItsEndOfImage() {
        var end = FrameEnd()
        #expect(end.meetEndOfImage(at: 90) == .end(at: 90, .unknown))
    }

    @Test(arguments: [LengthTrust.Degree.believed, .firm]) func withTheRightLengthThePictureEndsAtItsEndOfImage(trust: LengthTrust.Degree) {
        var end = end(trust)
        #expect(end.meetEndOfImage(at: 100) == .end(at: 100, .unknown))
    }

    @Test(arguments: [(90, LengthVerdict.unknown), (100, .unknown), (101, .tooSmall)]) func aDoubtedLengthIsOnlyWatched(
        endOfImage: Int, verdict: LengthVerdict
    ) {
        var end = end(.doubted)
        #expect(end.length == nil && end.claim == 100)
        #expect(end.meetEndOfImage(at: endOfImage) == .end(at: endOfImage, verdict))
    }

    @Test func bytesBeforeThePictureCountInTheLengthUntilTheyDoNot() {
        var end = end(skipped: 10)
        #expect(end.length == 90)
        #expect(end.meetOtherBytes() == .walkOn(from: 90))
        #expect(end.length == 100)
        #expect(end.meetEndOfImage(at: 100) == .end(at: 100, .unknown))
    }

    @Test(arguments: [
        (FrameEnd.Padding.plain, LengthTrust.Degree.believed, true), (.plain, .firm, true), (.endsLikeDelimiter, .believed, false),
        (.endsLikeDelimiter, .firm, true), (.isLikeDelimiter, .believed, false), (.isLikeDelimiter, .firm, false),
    ]) func whatStandsBehindTheEndOfImageGoesAlongUnlessItMayBeADelimiter(
        padding: FrameEnd.Padding, trust: LengthTrust.Degree, endsAtOnce: Bool
    ) {
        var end = end(trust, endOfImage: 90)
        #expect(end.meetLength(behind: padding) == (endsAtOnce ? .end(at: 100, .unknown) : .lookBehind))
        #expect(end.meetOtherBytes() == .end(at: 100, .unknown))
    }

    @Test(arguments: [(90, 90, LengthVerdict.tooLarge), (99, 90, .tooLarge), (100, 100, .right), (104, 100, .right)])
    func aDelimiterBehindTheEndOfImageCountsWhereItsLineEndBegins(line: Int, position: Int, verdict: LengthVerdict) {
        #expect(end(endOfImage: 90).meetDelimiter(at: line, isLine: true, Self.cut) == .end(at: position, verdict))
    }

    /// Each row: how much of the picture is there, then whether it goes out by a right length and a delimiter, by a delimiter
    /// with a line end and no length, by one without a line end, and by a delimiter within its length.
    @Test(arguments: [
        (Wholeness.headless, false, false, false, false), (.cut, false, false, false, false), (.damaged, true, false, false, false),
        (.unchecked, true, true, false, false),
        (.whole, true, true, true, true),
    ]) func withoutItsEndAPictureGoesOutTheSurerItIsWhole(
        wholeness: Wholeness, byLength: Bool, byLine: Bool, byDashes: Bool, withinLength: Bool
    ) {
        let all = { (_: Int) in wholeness }
        #expect(end().meetDelimiter(at: 100, isLine: true, all) == (byLength ? .end(at: 100, .right) : .drop(.right)))
        #expect(end().meetDelimiter(at: 102, isLine: false, all) == (byLength ? .end(at: 100, .right) : .drop(.right)))
        for open in [FrameEnd(), end(.doubted)] {
            #expect(open.meetDelimiter(at: 80, isLine: true, all) == (byLine ? .end(at: 80, .unknown) : .drop(.unknown)))
            #expect(open.meetDelimiter(at: 80, isLine: false, all) == (byDashes ? .end(at: 80, .unknown) : .drop(.unknown)))
        }
        #expect(end().meetDelimiter(at: 99, isLine: true, all) == (withinLength ? .end(at: 99, .tooLarge) : .drop(.unknown)))
    }

    @Test(arguments: [(Wholeness.headless, false), (.cut, true), (.damaged, true)]) func whatLooksCutIsBelievedToBeUsualAtFirst(
        wholeness: Wholeness, goesOut: Bool
    ) {
        let first = end(hasSeenWhole: false)
        #expect(first.meetDelimiter(at: 100, isLine: true) { _ in wholeness } == (goesOut ? .end(at: 100, .right) : .drop(.right)))
        #expect(first.meetDelimiter(at: 99, isLine: true) { _ in wholeness } == .drop(.unknown))
        #expect(first.meetEndOfStream(at: 100) { _ in wholeness } == (goesOut ? .end(at: 100, .unknown) : .drop(.unknown)))
        let firm = end(.firm, hasSeenWhole: false)
        #expect(firm.meetLength(isUsual: true) { wholeness } == (goesOut ? .end(at: 100, .unknown) : .lookBehind))
    }

    @Test(arguments: [Wholeness.cut, .damaged, .unchecked, .whole]) func aFullLengthWithoutAnEndOfImageIsEnoughWhereItIsTrusted(
        wholeness: Wholeness
    ) {
        let out = FrameEnd.Decision.end(at: 100, .unknown)
        #expect(end(.doubted).meetLength(isUsual: true) { wholeness } == .lookBehind)
        for isUsual in [true, false] {
            #expect(end(.believed).meetLength(isUsual: isUsual) { wholeness } == (wholeness == .whole ? out : .lookBehind))
        }
        #expect(end(.firm).meetLength(isUsual: false) { wholeness } == (wholeness == .whole ? out : .lookBehind))
        #expect(end(.firm).meetLength(isUsual: true) { wholeness } == (wholeness == .cut ? .lookBehind : out))
        // A line end behind the length helps a picture that is whole, and no other.
        #expect(end(.believed).meetLineEnd { wholeness } == (wholeness == .whole ? out : .lookBehind))
        var open = end()
        #expect(open.meetOtherBytes() == .walkOn(from: 100))
        #expect(open.length == nil)
        // Only the picture's end tells whether the length was too small or the picture was cut.
        #expect(open.meetDelimiter(at: 90, isLine: true) { _ in .unchecked } == .drop(.unknown))
        #expect(open.meetDelimiter(at: 110, isLine: true) { _ in .unchecked } == .end(at: 110, .tooSmall))
        #expect(open.meetEndOfImage(at: 110) == .end(at: 110, .tooSmall))
    }

    @Test func theEndOfTheStreamEndsWhatNeedsNoMore() {
        #expect(end(endOfImage: 90).meetEndOfStream(at: 99, Self.cut) == .end(at: 90, .unknown))
        #expect(end(endOfImage: 90).meetEndOfStream(at: 101, Self.cut) == .end(at: 100, .unknown))
        #expect(end().meetEndOfStream(at: 101) { $0 == 100 ? .damaged : .cut } == .end(at: 100, .unknown))
        #expect(end().meetEndOfStream(at: 101, Self.cut) == .drop(.unknown))
        #expect(end().meetEndOfStream(at: 99) { _ in .unchecked } == .drop(.unknown))
        #expect(end().meetEndOfStream(at: 99) { $0 == 99 ? .whole : .cut } == .end(at: 99, .unknown))
        #expect(FrameEnd().meetEndOfStream(at: 99) { $0 == 99 ? .whole : .cut } == .end(at: 99, .unknown))
        #expect(FrameEnd().meetEndOfStream(at: 99) { _ in .unchecked } == .drop(.unknown))
    }
}
