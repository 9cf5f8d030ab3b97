/// How far the Content-Lengths of a stream are believed. Trust grows with each right length and falls with each wrong length; a cut picture
/// does not change it.
///
/// The first length is believed. Two right lengths in a row make the trust firm, so that a single wrong length changes nothing. A camera
/// whose lengths are always wrong loses the trust at once, and regains it with two or three lengths that would have been right.
package struct LengthTrust: Hashable, Sendable {
    /// How a length is used.
    package enum Degree: Hashable, Sendable {
        /// A picture ends at its end of image; the length is only compared.
        case doubted
        /// A picture ends where its length is full, if the following bytes agree.
        case believed
        /// A picture ends where its length is full, also in cases where ``believed`` waits for the following bytes.
        case firm
    }

    private static let range = -2...4
    private var score = 1

    /// Starts with trust in the first length.
    package init() {}

    /// The present use of lengths.
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
