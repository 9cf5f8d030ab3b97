/// Everything in an assembler that outlives a part: what it has learnt of the stream, and the limits.
struct StreamMemory: Sendable {
    let layout: FrameAssembler.Layout
    /// The largest size of a frame that is allowed, in bytes.
    let maxFrameSize: Int

    /// The boundary, as far as it is known.
    var boundary: Boundary
    /// The quirks of parts and pictures; the boundary keeps its own quirks.
    var quirks: Quirks = []
    /// How far Content-Lengths are believed.
    var trust = LengthTrust()
    /// Whether a picture without an end of image does not end at its full length alone.
    var awaitsEndOfImage = false
    /// Whether there was a whole picture: one with an end of image, or with all of its blocks.
    var hasSeenWhole = false
    /// Whether the last picture had no end of image, and its delimiter followed at its full length.
    var lacksEndOfImage = false
    /// The length of the last frame, from which the size of the next buffer is taken.
    var lastLength = 32 << 10
    /// The number of dropped pictures.
    var framesDropped = 0
    /// The number of bytes since the last frame that belong to no frame.
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

    /// A part's Content-Length, if it is large enough for a start of image and no larger than a frame may be.
    func length(of header: PartHeader) -> Int? {
        guard let length = header.contentLength, length >= JPEGWalker.start.count, length <= maxFrameSize else { return nil }
        return length
    }

    /// The usable Content-Length; nil while lengths are not believed.
    func believedLength(of header: PartHeader) -> Int? {
        trust.degree == .doubted ? nil : length(of: header)
    }

    /// The rules for the end of a picture that begins behind `skipped` bytes of a part's body.
    func end(of header: PartHeader, skipped: Int) -> FrameEnd {
        length(of: header).map { FrameEnd(bodyLength: $0, skipped: skipped, trust: trust.degree, hasSeenWhole: hasSeenWhole) } ?? FrameEnd()
    }

    /// Notes the quirks of the place where a picture begins.
    mutating func note(_ start: PictureStart) {
        guard case .part(let header, let skipped) = start else {
            quirks.insert(.barePictures)
            return
        }
        if skipped > 0 { quirks.insert(.bytesBeforePicture) }
        if !header.isPlainJPEG { quirks.insert(.otherPartType) }
        switch header.contentLength {
        case nil: quirks.insert(header.hasUnreadableLength ? .unreadableContentLength : .noContentLength)
        case let length? where length > maxFrameSize: quirks.insert(.unreadableContentLength)
        case let length?: if length < JPEGWalker.start.count { note(.tooSmall) }
        }
    }

    /// Learns from a picture's end whether its length was right.
    mutating func note(_ verdict: LengthVerdict) {
        switch verdict {
        case .unknown, .right: break
        case .tooLarge: quirks.insert(.lengthTooLarge)
        case .tooSmall: quirks.insert(.lengthTooSmall)
        }
        trust.note(verdict)
    }

    /// Learns whether a picture's length was right from the delimiter, which is `gap` bytes behind the picture's end, where the length says
    /// `due` bytes.
    mutating func note(gap: Int, due: Int) {
        if gap < due { return note(.tooLarge) }
        // The line end is not part of the length. If the picture ended at its length, some blank lines do not matter.
        let lineEnd = quirks.contains(.lineFeeds) ? 1 : 2
        if due == 0 ? gap <= 8 : gap - due == lineEnd { note(.right) }
    }

    /// The most bytes by which the beginning of a part is recognized.
    var maxOpeningLength: Int {
        max(boundary.pattern.count, boundary.bareLine.count, DelimiterScanner.field.utf8CodeUnitCount)
    }
}
