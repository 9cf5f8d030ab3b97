import MJPEG
import Testing

@Suite struct LengthTrustTests {
    /// Verdicts: `r` right, `l` too large, `s` too small, `u` unknown. Degrees after each: `d`, `b`, `f`.
    @Test(arguments: [
        ("rrr", "bff"),
        // Wrong from the first one on: believed once.
        ("lll", "ddd"), ("sss", "ddd"),
        // One wrong length in a good stream, and one that says nothing (a picture that was cut).
        ("rrrrlr", "bfffbf"), ("rrrrurrl", "bffffffb"),
        // A camera that begins to lie is believed no longer than twice.
        ("rrrrrlll", "bffffbdd"),
        // One that stops lying is believed again.
        ("llllrrr", "ddddddb"), ("lrr", "ddb"), ("rllrrr", "bddddb"),
        // One that lies every other time is not.
        ("lrlrlrlrl", "ddddddddd"),
    ]) func growsAndDecays(verdicts: String, degrees: String) {
        var trust = LengthTrust()
        #expect(trust.degree == .believed)
        var seen = ""
        for verdict in verdicts {
            trust.note(["r": LengthVerdict.right, "l": .tooLarge, "s": .tooSmall][verdict] ?? .unknown)
            switch trust.degree {
            case .doubted: seen += "d"
            case .believed: seen += "b"
            case .firm: seen += "f"
            }
        }
        #expect(seen == degrees)
    }
}
