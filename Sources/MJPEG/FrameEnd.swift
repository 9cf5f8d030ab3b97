/// Where a frame ends: the rules alone, without any bytes.
///
/// Three witnesses tell: the walk, which meets the picture's end of image; the Content-Length, as far as the stream's
/// lengths are trusted; the delimiter.
///
/// (a) End of image where the length is full, or no length: the picture ends there, at once. (b) End of image before the
/// length is full: the bytes up to the length go along, unless a delimiter or its line end begins among them; then the
/// picture ends at its end of image. (c) The length is full and there was no end of image: if the delimiter follows, the
/// picture ends there and its end of image is missing; else the length was too small, and the walk goes on. Where all of
/// the picture is there, a line end is proof enough, and none is needed where lengths are trusted firmly. (d) A delimiter,
/// and neither a length nor an end of image: the picture ends before the delimiter.
///
/// A picture without an end of image goes out only if it is whole, as far as that can be told; the less its end is proven,
/// the surer that must be. Behind a right length also what looks cut goes out, until the stream has shown a whole picture:
/// some cameras' frame headers promise more lines than come. All positions are bytes from the picture's first one on.
package struct FrameEnd: Hashable, Sendable {
    /// What is to be done with the picture.
    package enum Decision: Hashable, Sendable {
        /// The first `at` bytes are the frame.
        case end(at: Int, LengthVerdict)
        /// What follows decides.
        case lookBehind
        /// The picture goes on at `from`.
        case walkOn(from: Int)
        /// The picture was cut.
        case drop(LengthVerdict)
    }

    /// What the bytes between the end of image and the full length look like.
    package enum Padding: Hashable, Sendable {
        /// They do not end like the beginning of a delimiter.
        case plain
        /// Their last ones may be the beginning of a delimiter or of its line end.
        case endsLikeDelimiter
        /// All of them may be that.
        case isLikeDelimiter
    }

    /// Where the picture ends by its part's header; nil where that has no length.
    package private(set) var claim: Int?
    /// How far the claim is trusted.
    private var trust = LengthTrust.Degree.doubted
    /// The stream has shown a whole picture.
    private var hasSeenWhole = false
    /// Bytes of the part's body before the picture. Some cameras count them in the length, some do not.
    private var skipped = 0
    /// Where the end of image that the walk met ends; nil before that.
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

    /// How much of a picture must be there whose length is full and right.
    private var leastByLength: Wholeness { hasSeenWhole ? .damaged : .cut }

    /// The claim was passed: no delimiter followed.
    private var isPassed = false

    /// Where the walk stops to look behind; nil where only the walk and the delimiter count.
    package var length: Int? { trust == .doubted || isPassed ? nil : claim }

    /// The walk met the end of image, which ends at `position`.
    package mutating func meetEndOfImage(at position: Int) -> Decision {
        endOfImage = position
        if let length, position < length { return .lookBehind }
        return .end(at: position, verdict(at: position))
    }

    /// The length is full behind the end of image, and no delimiter was met.
    package func meetLength(behind padding: Padding) -> Decision {
        guard let length else { return .lookBehind }
        let isPlain = padding == .plain || padding == .endsLikeDelimiter && trust == .firm
        return isPlain ? .end(at: length, .unknown) : .lookBehind
    }

    /// The length is full, and there was no end of image.
    ///
    /// - Parameter isUsual: whether the picture before had no end of image either and was followed by its delimiter.
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
            // Either the length is too large or the picture was cut.
            return wholeness(line) == .whole ? .end(at: line, .tooLarge) : .drop(.unknown)
        }
        if let length { return wholeness(length) >= leastByLength ? .end(at: length, .right) : .drop(.right) }
        return wholeness(line) >= (isLine ? .unchecked : .whole) ? .end(at: line, verdict(at: line)) : .drop(.unknown)
    }

    /// Behind the full length stands what is no delimiter.
    package mutating func meetOtherBytes() -> Decision {
        guard let length else { return .lookBehind }
        guard endOfImage == nil else { return .end(at: length, .unknown) }
        if skipped > 0 {
            claim = length + skipped
            skipped = 0
        } else {
            // Whether the length was too small or the picture was cut shows where it ends.
            isPassed = true
        }
        return .walkOn(from: length)
    }

    /// What it says of the length that the picture ends at `position`.
    private func verdict(at position: Int) -> LengthVerdict {
        claim.map { $0 + skipped < position } ?? false ? .tooSmall : .unknown
    }

    /// The stream ended behind `count` bytes of the picture.
    package func meetEndOfStream(at count: Int, _ wholeness: (Int) -> Wholeness) -> Decision {
        if let endOfImage { return .end(at: length.map { $0 <= count ? $0 : endOfImage } ?? endOfImage, .unknown) }
        if let length, count >= length { return wholeness(length) >= leastByLength ? .end(at: length, .unknown) : .drop(.unknown) }
        return wholeness(count) == .whole ? .end(at: count, .unknown) : .drop(.unknown)
    }
}
