/// What an assembler has learnt of its stream, and what it allows: all that outlives a part.
struct StreamMemory: Sendable {
    let layout: FrameAssembler.Layout
    /// The size of the largest frame, in bytes.
    let maxFrameSize: Int

    /// The delimiters' name, as far as it is known.
    var boundary: Boundary
    /// What was odd about parts and pictures; the boundary keeps its own.
    var quirks: Quirks = []
    /// How far Content-Lengths are believed.
    var trust = LengthTrust()
    /// Whether a full length alone ends no picture that has no end of image.
    var awaitsEndOfImage = false
    /// A picture was whole: it had an end of image, or all its blocks.
    var hasSeenWhole = false
    /// The last picture had no end of image; where its length was full, its delimiter followed.
    var lacksEndOfImage = false
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

    /// A part's Content-Length, if it leaves room for a start of image and is no larger than frames may be.
    func length(of header: PartHeader) -> Int? {
        guard let length = header.contentLength, length >= JPEGWalker.start.count, length <= maxFrameSize else { return nil }
        return length
    }

    /// The same, as long as lengths are believed.
    func believedLength(of header: PartHeader) -> Int? {
        trust.degree == .doubted ? nil : length(of: header)
    }

    /// What tells the end of a picture that begins behind `skipped` bytes of a part's body.
    func end(of header: PartHeader, skipped: Int) -> FrameEnd {
        length(of: header).map { FrameEnd(bodyLength: $0, skipped: skipped, trust: trust.degree, hasSeenWhole: hasSeenWhole) } ?? FrameEnd()
    }

    /// Notes what is odd about the place where a picture begins.
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

    /// Learns from what a picture's end says of its length.
    mutating func note(_ verdict: LengthVerdict) {
        switch verdict {
        case .unknown, .right: break
        case .tooLarge: quirks.insert(.lengthTooLarge)
        case .tooSmall: quirks.insert(.lengthTooSmall)
        }
        trust.note(verdict)
    }

    /// Learns from the place of the delimiter behind a picture, `gap` bytes behind its end, where `due` bytes should follow
    /// the end by the length.
    mutating func note(gap: Int, due: Int) {
        if gap < due { return note(.tooLarge) }
        // The line end itself is not part of the length. Where the picture has ended there, some blank lines do not matter.
        let lineEnd = quirks.contains(.lineFeeds) ? 1 : 2
        if due == 0 ? gap <= 8 : gap - due == lineEnd { note(.right) }
    }

    /// The most bytes by which the beginning of a part is known.
    var maxOpeningLength: Int {
        max(boundary.pattern.count, boundary.bareLine.count, DelimiterScanner.field.utf8CodeUnitCount)
    }
}
