import NIOCore

/// The state behind a picture that may have ended: its end of image was read before its length is full, or its length is
/// full. What follows decides; it is kept with the picture until then.
struct PictureTail: Sendable {
    /// How far a read came.
    enum Outcome: Sendable {
        /// All bytes are read, and nothing is decided.
        case more
        /// A delimiter was met.
        case delimiter(DelimiterScanner.Find, FrameEnd.Decision)
        /// What was met is no delimiter.
        case otherBytes(FrameEnd.Decision)
    }

    var picture: OpenPicture
    private var scanner = DelimiterScanner()

    init(of picture: OpenPicture) {
        self.picture = picture
    }

    /// Reads until it is decided where the picture ends.
    mutating func read(_ source: inout ByteBuffer, _ boundary: Boundary) -> Outcome {
        let length = picture.end.length ?? 0
        if picture.count < length {
            let find = picture.scan(&source, limit: length - picture.count, with: &scanner, boundary: boundary)
            guard find == .nothing else { return .delimiter(find, picture.end.meetDelimiter(isLineEndWithinLength: true)) }
            guard picture.count == length else { return .more }
            let candidate = scanner.candidateLength
            let decision = picture.end.meetLength(candidate: candidate, behind: picture.byte(at: length - candidate - 1))
            return decision == .lookBehind ? .more : .otherBytes(decision)
        }
        while source.readableBytes > 0 {
            let candidate = scanner.candidateLength
            let find = picture.scan(&source, limit: 1, with: &scanner, boundary: boundary)
            guard find == .nothing else {
                return .delimiter(find, picture.end.meetDelimiter(isLineEndWithinLength: isLineEnd(within: length)))
            }
            if picture.end.endOfImage == nil ? !mayBeDelimiter(behind: length, boundary) : !isDelimiterLonger(than: candidate) {
                return .otherBytes(picture.end.meetOtherBytes())
            }
        }
        return .more
    }

    /// Whether the bytes behind the length may still be line ends and a delimiter.
    private func mayBeDelimiter(behind length: Int, _ boundary: Boundary) -> Bool {
        let last = picture.byte(at: picture.count - 1)
        let isLineEnd = last == ASCII.lineFeed || last == ASCII.carriageReturn
        return (scanner.candidateLength > 0 || isLineEnd) && picture.count - length < boundary.pattern.count + 16
    }

    /// Whether the delimiter that seemed to begin within the length went on with the last byte.
    private func isDelimiterLonger(than candidate: Int) -> Bool {
        scanner.candidateLength > candidate
            || scanner.candidateLength == candidate && picture.byte(at: picture.count - 1) == ASCII.dash
    }

    /// Whether the line end before a delimiter that comes right behind the picture's first `length` bytes is one of them.
    private func isLineEnd(within length: Int) -> Bool {
        switch picture.byte(at: length - 1) {
        case ASCII.carriageReturn: picture.byte(at: length) == ASCII.lineFeed
        case ASCII.lineFeed: picture.byte(at: length).map { $0 != ASCII.carriageReturn && $0 != ASCII.lineFeed } ?? false
        default: false
        }
    }
}
