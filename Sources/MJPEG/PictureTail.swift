import NIOCore
import Text

/// The state behind a picture that may have ended: its end of image was read before its length is full, or its length is full. The
/// following bytes decide, and are kept with the picture until then.
struct PictureTail: Sendable {
    /// The outcome of a read.
    enum Outcome: Sendable {
        /// All bytes have been read, and nothing is decided.
        case more
        /// A delimiter was met.
        case delimiter(DelimiterScanner.Find, FrameEnd.Decision)
        /// The end is decided without a delimiter; the bytes behind the picture have to be read again.
        case decided(FrameEnd.Decision)
    }

    var picture: OpenPicture
    private var scanner = DelimiterScanner()

    init(of picture: consuming OpenPicture, _ boundary: Boundary) {
        self.picture = picture
        guard self.picture.end.endOfImage == nil, !boundary.readsLines else { return }
        // A length that is too large may end within the delimiter.
        let start = max(JPEGWalker.start.count, self.picture.count - boundary.pattern.count + 1)
        self.picture.withBytes { _ = scanner.scan($0.rest(from: start), for: .parts, boundary: boundary) }
    }

    /// Reads until it is decided where the picture ends.
    mutating func read(_ source: inout ByteBuffer, _ boundary: Boundary) -> Outcome {
        let length = picture.end.length ?? 0
        if picture.count < length {
            let find = picture.scan(&source, limit: length - picture.count, with: &scanner, boundary: boundary)
            guard find == .nothing else { return outcome(of: find, boundary) }
            guard picture.count == length else { return .more }
            let decision = picture.end.meetLength(behind: padding(upTo: length))
            return decision == .lookBehind ? .more : .decided(decision)
        }
        while source.readableBytes > 0 {
            let find = picture.scan(&source, limit: 1, with: &scanner, boundary: boundary)
            guard find == .nothing else { return outcome(of: find, boundary) }
            guard mayBeDelimiter(behind: length, boundary) else { return .decided(picture.end.meetOtherBytes()) }
            if picture.count == length + 1, picture.end.endOfImage == nil {
                let decision = picture.decisionAtLineEnd(behind: length)
                guard decision == .lookBehind else { return .decided(decision) }
            }
        }
        return .more
    }

    private func outcome(of find: DelimiterScanner.Find, _ boundary: Boundary) -> Outcome {
        let bound = picture.bound(at: picture.count - find.length(boundary))
        return .delimiter(find, picture.decision(at: bound))
    }

    /// What the bytes between the end of image and the full length look like.
    private func padding(upTo length: Int) -> FrameEnd.Padding {
        let candidate = scanner.candidateLength
        let line = picture.bound(at: length - candidate).line
        guard line < length else { return .plain }
        if line == picture.end.endOfImage { return .isLikeDelimiter }
        // Dashes within a line are no delimiter.
        return line < length - candidate || candidate == 0 ? .endsLikeDelimiter : .plain
    }

    /// Whether the bytes behind the length may still be line ends and a delimiter.
    private func mayBeDelimiter(behind length: Int, _ boundary: Boundary) -> Bool {
        let last = picture.byte(at: picture.count - 1)
        let isLineEnd = last == ASCII.lineFeed || last == ASCII.carriageReturn
        return (scanner.candidateLength > 0 || isLineEnd) && picture.count - length < boundary.pattern.count + 16
    }
}
