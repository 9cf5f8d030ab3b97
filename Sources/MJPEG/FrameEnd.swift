/// The rules that decide where a frame ends, without any bytes.
///
/// Three things tell where a picture ends: its end of image, which the walk meets; the Content-Length, as far as the stream's lengths are
/// trusted; the delimiter.
///
/// (a) End of image where the length is full, or no length: the picture ends there, at once. (b) End of image before the
/// length is full: the bytes up to the length go along, unless a delimiter or its line end begins among them; then the
/// picture ends at its end of image. (c) The length is full and there was no end of image: if the delimiter follows, the
/// picture ends there and its end of image is missing; else the length was too small, and the walk goes on. Where all of
/// the picture is there, a line end is proof enough, and none is needed where lengths are trusted firmly. (d) A delimiter,
/// and neither a length nor an end of image: the picture ends before the delimiter.
///
/// A picture without an end of image goes out only if it seems to be whole. The weaker the proof of its end, the stronger the proof of its
/// wholeness must be. Behind a right length, a picture that looks cut goes out too, until the stream has shown a whole picture: the frame
/// headers of some cameras promise more lines than come. All positions count from the picture's first byte.
package struct FrameEnd: Hashable, Sendable {
    /// The decision about the picture.
    package enum Decision: Hashable, Sendable {
        /// The first `at` bytes are the frame.
        case end(at: Int, LengthVerdict)
        /// The following bytes decide.
        case lookBehind
        /// The picture goes on at `from`.
        case walkOn(from: Int)
        /// The picture was cut.
        case drop(LengthVerdict)
    }

    /// What the bytes between the end of image and the full length look like.
    package enum Padding: Hashable, Sendable {
        /// The bytes do not end like the beginning of a delimiter.
        case plain
        /// The last of the bytes may be the beginning of a delimiter or of its line end.
        case endsLikeDelimiter
        /// All of the bytes may be such a beginning.
        case isLikeDelimiter
    }

    /// Where the picture ends by the length in its part's header; nil where the header has no length.
    package private(set) var claim: Int?
    /// How far the Content-Length is trusted.
    private var trust = LengthTrust.Degree.doubted
    /// Whether the stream has shown a whole picture.
    private var hasSeenWhole = false
    /// Bytes of the part's body before the picture. Some cameras count them in the length, others do not.
    private var skipped = 0
    /// The position behind the end of image that the walk met; nil before.
    package private(set) var endOfImage: Int?

    /// Starts a picture without a length.
    package init() {}

    /// Starts a picture behind `skipped` bytes of a part's body that is said to be `bodyLength` bytes long.
    package init(bodyLength: Int, skipped: Int, trust: LengthTrust.Degree, hasSeenWhole: Bool) {
        claim = max(JPEGWalker.start.count, bodyLength - skipped)
        self.trust = trust
        self.hasSeenWhole = hasSeenWhole
        self.skipped = skipped
    }

    /// How whole a picture must be when its length is full and right.
    private var leastByLength: Wholeness { hasSeenWhole ? .damaged : .cut }

    /// Whether the picture went on behind its full length, because no delimiter followed.
    private var isPassed = false

    /// Where the walk stops to look at the following bytes; nil where only the end of image and the delimiter count.
    package var length: Int? { trust == .doubted || isPassed ? nil : claim }

    /// The walk met the end of image, which ends at `position`.
    package mutating func meetEndOfImage(at position: Int) -> Decision {
        endOfImage = position
        if let length, position < length { return .lookBehind }
        return .end(at: position, verdict(at: position))
    }

    /// The length has become full behind the end of image, and no delimiter was met.
    package func meetLength(behind padding: Padding) -> Decision {
        guard let length else { return .lookBehind }
        let isPlain = padding == .plain || padding == .endsLikeDelimiter && trust == .firm
        return isPlain ? .end(at: length, .unknown) : .lookBehind
    }

    /// The length has become full without an end of image.
    ///
    /// - Parameter isUsual: whether the picture before also had no end of image, and its delimiter followed.
    package func meetLength(isUsual: Bool, _ wholeness: () -> Wholeness) -> Decision {
        guard let length, wholeness() >= (isUsual && trust == .firm ? leastByLength : .whole) else { return .lookBehind }
        return .end(at: length, .unknown)
    }

    /// Behind the full length, and without an end of image, a line end or a delimiter seems to begin.
    package func meetLineEnd(_ wholeness: () -> Wholeness) -> Decision {
        guard let length, wholeness() == .whole else { return .lookBehind }
        return .end(at: length, .unknown)
    }

    /// A delimiter was met, whose line end begins at `line`; `isLine` tells whether there is one.
    package func meetDelimiter(at line: Int, isLine: Bool, _ wholeness: (Int) -> Wholeness) -> Decision {
        let isWithinLength = trust != .doubted && claim.map { line < $0 } ?? false
        if let endOfImage {
            guard let length, !isWithinLength else { return .end(at: endOfImage, .tooLarge) }
            return .end(at: length, .right)
        }
        if isWithinLength {
            // The length is too large, or the picture was cut.
            return wholeness(line) == .whole ? .end(at: line, .tooLarge) : .drop(.unknown)
        }
        if let length { return wholeness(length) >= leastByLength ? .end(at: length, .right) : .drop(.right) }
        return wholeness(line) >= (isLine ? .unchecked : .whole) ? .end(at: line, verdict(at: line)) : .drop(.unknown)
    }

    /// No delimiter follows the full length.
    package mutating func meetOtherBytes() -> Decision {
        guard let length else { return .lookBehind }
        guard endOfImage == nil else { return .end(at: length, .unknown) }
        if skipped > 0 {
            claim = length + skipped
            skipped = 0
        } else {
            // The picture's end will show whether the length was too small or the picture was cut.
            isPassed = true
        }
        return .walkOn(from: length)
    }

    /// What the picture's end at `position` says about its length.
    private func verdict(at position: Int) -> LengthVerdict {
        claim.map { $0 + skipped < position } ?? false ? .tooSmall : .unknown
    }

    /// The stream ended after `count` bytes of the picture.
    package func meetEndOfStream(at count: Int, _ wholeness: (Int) -> Wholeness) -> Decision {
        if let endOfImage { return .end(at: length.map { $0 <= count ? $0 : endOfImage } ?? endOfImage, .unknown) }
        if let length, count >= length { return wholeness(length) >= leastByLength ? .end(at: length, .unknown) : .drop(.unknown) }
        return wholeness(count) == .whole ? .end(at: count, .unknown) : .drop(.unknown)
    }
}
