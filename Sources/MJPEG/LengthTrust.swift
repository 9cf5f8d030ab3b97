/// How far the Content-Lengths of a stream are believed. Trust grows with each length that was right and falls with each
/// that was wrong; a picture that was cut says nothing of lengths.
///
/// The first length is believed. Two right ones in a row make trust firm, so that one wrong length among many right ones
/// changes nothing; a camera whose lengths are always wrong loses it at once, and wins it back with two or three that
/// would have been right.
package struct LengthTrust: Hashable, Sendable {
    /// What trust is enough for.
    package enum Degree: Hashable, Sendable {
        /// A picture ends at its end of image; its length is only watched.
        case doubted
        /// A picture ends where its length is full, if nothing speaks against that.
        case believed
        /// A picture ends where its length is full, also where what follows would be a welcome proof.
        case firm
    }

    private static let range = -2...4
    private var score = 1

    /// Starts with one length on trust.
    package init() {}

    /// What the trust is enough for by now.
    package var degree: Degree {
        switch score {
        case ...0: .doubted
        case 1...2: .believed
        default: .firm
        }
    }

    /// Learns from a picture's end.
    package mutating func note(_ verdict: LengthVerdict) {
        switch verdict {
        case .unknown: break
        case .right: score = min(score + 1, LengthTrust.range.upperBound)
        case .tooLarge, .tooSmall: score = max(score - 2, LengthTrust.range.lowerBound)
        }
    }
}
