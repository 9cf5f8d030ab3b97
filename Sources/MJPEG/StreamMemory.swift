/// What an assembler has learnt of its stream, and what it allows: all that outlives a part.
struct StreamMemory: Sendable {
    let layout: FrameAssembler.Layout
    /// The size of the largest frame, in bytes.
    let maxFrameSize: Int

    /// The delimiters' name, as far as it is known.
    var boundary: Boundary
    /// What was odd about parts and pictures; the boundary keeps its own.
    var quirks: Quirks = []
    /// Content-Lengths were right so far.
    var believesLengths = true
    /// The length of the last frame, from which the next one's buffer is sized.
    var lastLength = 32 << 10
    /// Pictures that did not go out.
    var framesDropped = 0
    /// Bytes since the last frame that belonged to none.
    var idleLength = 0

    init(layout: FrameAssembler.Layout, maxFrameSize: Int) {
        self.layout = layout
        self.maxFrameSize = maxFrameSize
        if case .multipart(let declared) = layout {
            boundary = Boundary(declared: declared)
        } else {
            boundary = Boundary(declared: nil)
        }
    }

    /// A part's Content-Length, as long as lengths are believed and it leaves room for a start of image.
    func believedLength(of header: PartHeader) -> Int? {
        guard believesLengths, let length = header.contentLength, length >= JPEGWalker.start.count, length <= maxFrameSize else {
            return nil
        }
        return length
    }

    /// Notes what is odd about the place where a picture begins; gives the picture's header, and what tells its end.
    mutating func begin(_ start: PictureStart) -> (PartHeader, FrameEnd) {
        guard case .part(let header, let skipped) = start else {
            quirks.insert(.barePictures)
            return (PartHeader(), FrameEnd())
        }
        if skipped > 0 { quirks.insert(.bytesBeforePicture) }
        if !header.isPlainJPEG { quirks.insert(.otherPartType) }
        if header.hasUnreadableLength || header.contentLength.map({ $0 > maxFrameSize }) == true {
            quirks.insert(.unreadableContentLength)
        } else if header.contentLength == nil {
            quirks.insert(.noContentLength)
        } else if let length = header.contentLength, length < JPEGWalker.start.count, believesLengths {
            judge(.tooSmall)
        }
        return (header, believedLength(of: header).map { FrameEnd(bodyLength: $0, skipped: skipped) } ?? FrameEnd())
    }

    /// Learns from what a picture's end says of its length.
    mutating func judge(_ verdict: LengthVerdict) {
        switch verdict {
        case .unknown, .right: return
        case .tooLarge: quirks.insert(.lengthTooLarge)
        case .tooSmall: quirks.insert(.lengthTooSmall)
        }
        believesLengths = false
    }

    /// The most bytes by which the beginning of a part is known.
    var maxOpeningLength: Int {
        max(boundary.pattern.count, boundary.bareLine.count, DelimiterScanner.field.utf8CodeUnitCount)
    }
}
