import NIOCore

/// Cuts a camera's bytes into frames, whatever its form and however the bytes come in pieces.
///
/// A frame is handed out when its last byte is in, not when the next delimiter comes. The JPEG is always walked; a
/// Content-Length is believed until it is wrong once (`FrameAssembler+Pictures` has the rules). Each byte of a picture is
/// copied once, into the buffer that the frame keeps; only what a broken picture swallowed is read again.
package struct FrameAssembler: Sendable {
    /// What the bytes are expected to be.
    package enum Layout: Hashable, Sendable {
        /// Parts, separated by the boundary as it stands in the Content-Type, if it does.
        case multipart(boundary: String?)
        /// JPEGs one behind the other, with nothing that matters in between.
        case jpegs
        /// Either; the first bytes tell.
        case detect
    }

    /// Bytes without a whole picture after which a stream is given up.
    package static let maximumBytesWithoutPicture = 16 << 20

    /// What the next byte is taken for.
    enum State: Sendable {
        /// Between parts, or before the first.
        case between
        /// In a part's header, or in its delimiter.
        case header
        /// In a part's body, before the picture.
        case body
        /// In a part that is no picture.
        case otherPart
        /// In a picture.
        case picture
        /// Behind the end of image, before the end of the length.
        case padding
        /// Behind the length, which ended before the picture: what follows decides.
        case behindLength
        /// Behind the length, in what may be a delimiter that began within it.
        case behindPadding
    }

    /// What was odd and was read all the same.
    package var quirks: Quirks { oddities.union(boundary.quirks) }
    /// Pictures that were cut, merged or broken, and did not go out.
    package internal(set) var framesDropped = 0
    /// The boundary that the delimiters show, once there was one.
    package var learntBoundary: String? { boundary.learnt }

    let layout: Layout
    let maxFrameSize: Int
    let maxIdleLength: Int
    var oddities: Quirks = []
    var boundary: Boundary
    var state = State.between
    var scanner = DelimiterScanner()

    /// The header of the part at hand, its size in bytes, and the line that is not complete yet.
    var header = PartHeader()
    var headerLength = 0
    var line: [UInt8] = []
    var sawDelimiter = false
    /// Bytes of the part's body before the picture.
    var bodyLength = 0

    /// The picture at hand: its bytes from `Frame.headroom` on, its walk, and its length by the header while that is believed.
    var picture = ByteBuffer()
    var walker = JPEGWalker()
    var pictureLength: Int?
    /// When the first of its bytes was read.
    var pictureBegan: Timestamp?
    /// Content-Lengths were right so far.
    var believesLengths = true
    /// The length of the last frame, from which the next one's buffer is sized.
    var lastLength = 32 << 10

    /// Bytes to be read once more, the next ones last, before any new ones.
    var pending: [ByteBuffer] = []
    /// What the step at hand gives back.
    var givenBack: ByteBuffer?
    /// How many bytes may be read again. It grows with new bytes, so that no stream can make the work more than double.
    var replayAllowance = 0
    /// Bytes since the last frame that belonged to none.
    var idleLength = 0

    /// Starts at the first byte of a body. All sizes in bytes.
    package init(layout: Layout, maxFrameSize: Int, bytesWithoutPicture: Int = maximumBytesWithoutPicture) {
        self.layout = layout
        self.maxFrameSize = maxFrameSize
        // A broken picture that is not too large for a frame does not end the stream.
        maxIdleLength = max(bytesWithoutPicture, maxFrameSize)
        if case .multipart(let declared) = layout {
            boundary = Boundary(declared: declared)
        } else {
            boundary = Boundary(declared: nil)
        }
    }

    /// Reads from `input`, up to the end of the first frame or to its own end.
    ///
    /// The caller calls again until it gets nil: then everything has been read. `timestamp` becomes the time of the frame.
    package mutating func append(_ input: inout ByteBuffer, timestamp: Timestamp) throws(AssemblyError) -> Frame? {
        while true {
            let frame: Frame?
            if var again = pending.popLast() {
                frame = try advance(&again, timestamp)
                if again.readableBytes > 0 { pending.append(again) }
            } else if input.readableBytes > 0 {
                replayAllowance = min(replayAllowance, maxFrameSize) + input.readableBytes
                frame = try advance(&input, timestamp)
                replayAllowance -= input.readableBytes
            } else {
                return nil
            }
            if let bytes = givenBack {
                pending.append(bytes)
                givenBack = nil
            }
            if let frame { return frame }
        }
    }

    /// Ends the stream: gives the frames that needed only what would have followed, and drops a cut one.
    ///
    /// The caller calls again until it gets nil: a cut picture may have swallowed whole ones.
    package mutating func finish(timestamp: Timestamp) -> Frame? {
        while true {
            switch state {
            case .padding:
                if let frame = complete(at: walker.position, isLengthRight: false, timestamp) { return frame }
            case .behindLength, .behindPadding:
                if let frame = complete(at: pictureLength ?? 0, isLengthRight: true, timestamp) { return frame }
            case .picture: recover()
            case .between, .header, .body, .otherPart: break
            }
            if let bytes = givenBack {
                pending.append(bytes)
                givenBack = nil
            }
            guard !pending.isEmpty else {
                awaitPart()
                return nil
            }
            var nothing = ByteBuffer()
            if let frame = try? append(&nothing, timestamp: timestamp) { return frame }
        }
    }

    private mutating func advance(_ source: inout ByteBuffer, _ timestamp: Timestamp) throws(AssemblyError) -> Frame? {
        while source.readableBytes > 0, givenBack == nil {
            var frame: Frame?
            switch state {
            case .between, .body, .otherPart: scan(&source)
            case .header: try readHeader(&source)
            case .picture: frame = try walk(&source, timestamp)
            case .padding: frame = readPadding(&source, timestamp)
            case .behindLength: frame = readBehindLength(&source, timestamp)
            case .behindPadding: frame = readBehindPadding(&source, timestamp)
            }
            if let frame { return frame }
            guard idleLength <= maxIdleLength else {
                throw .noPicture(bytes: idleLength)
            }
        }
        return nil
    }
}
