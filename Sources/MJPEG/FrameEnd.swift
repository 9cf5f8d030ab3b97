/// Where a frame ends: the rules alone, without any bytes.
///
/// (a) The length is full and the walk is at the end of image: at once. (b) The length is full and there was no end of
/// image: if a delimiter follows, the picture goes out as it is; else the length was too small, and the walk goes on.
/// (c) The end of image comes before the length is full: the bytes up to the length go along, unless a delimiter is among
/// them or begins with the last of them; then the picture ends at its end of image. (d) No length: at the end of image.
///
/// All positions are bytes from the picture's first one on.
package struct FrameEnd: Hashable, Sendable {
    /// What is to be done with the picture.
    package enum Decision: Hashable, Sendable {
        /// The first `at` bytes are the frame.
        case end(at: Int, LengthVerdict)
        /// What follows decides.
        case lookBehind
        /// The picture goes on at `from`.
        case walkOn(from: Int, LengthVerdict)
        /// The picture was cut.
        case drop(LengthVerdict)
    }

    /// Where the picture ends by its part's header; nil when the header has no length or lengths are not believed.
    package private(set) var length: Int?
    /// Bytes of the part's body before the picture. Some cameras count them in the length, some do not.
    private var skipped = 0
    /// Where the end of image that the walk met ends; nil before that.
    package private(set) var endOfImage: Int?

    /// Starts a picture that has no length, or none that is believed.
    package init() {}

    /// Starts a picture behind `skipped` bytes of a part's body that is `bodyLength` bytes long.
    package init(bodyLength: Int, skipped: Int) {
        length = max(JPEGWalker.start.count, bodyLength - skipped)
        self.skipped = skipped
    }

    /// The walk met the end of image, which ends at `position`.
    package mutating func meetEndOfImage(at position: Int) -> Decision {
        endOfImage = position
        guard let length else { return .end(at: position, .unknown) }
        return position < length ? .lookBehind : .end(at: position, .right)
    }

    /// The length is full and no delimiter was met. The last `candidate` bytes may be the beginning of one; `last` stands
    /// before them.
    package func meetLength(candidate: Int, behind last: UInt8?) -> Decision {
        guard let length, let endOfImage else { return .lookBehind }
        // Only dashes at the beginning of a line can be a delimiter.
        let isDelimiterLikely = candidate > 0 && (candidate == length - endOfImage || last == ASCII.lineFeed)
        return isDelimiterLikely ? .lookBehind : .end(at: length, .right)
    }

    /// A delimiter was met; `isLineEndWithinLength` tells whether the line end before it is still within the length.
    package func meetDelimiter(isLineEndWithinLength: Bool) -> Decision {
        if let endOfImage { return .end(at: endOfImage, .tooLarge) }
        guard let length, !isLineEndWithinLength else { return .drop(.tooLarge) }
        return .end(at: length, .right)
    }

    /// Behind the full length stands what is no delimiter.
    package mutating func meetOtherBytes() -> Decision {
        guard let length else { return .lookBehind }
        guard endOfImage == nil else { return .end(at: length, .right) }
        if skipped > 0 {
            self.length = length + skipped
            skipped = 0
            return .walkOn(from: length, .unknown)
        }
        self.length = nil
        return .walkOn(from: length, .tooSmall)
    }

    /// The stream ended behind `count` bytes, while the decision was open.
    package func meetEndOfStream(at count: Int) -> Decision {
        guard let length else { return .drop(.unknown) }
        if let endOfImage, count < length { return .end(at: endOfImage, .unknown) }
        return .end(at: length, .right)
    }
}
