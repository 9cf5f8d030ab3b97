import NIOCore

/// The state in a picture: its bytes so far, and how far they are walked.
///
/// Whoever changes one must hold the only copy, else its bytes are copied.
struct OpenPicture: Sendable {
    /// How far a read came.
    enum Outcome: Sendable {
        /// All bytes are read; the picture goes on.
        case more
        /// The length is full, and the picture has not ended.
        case lengthFull
        /// The end of image was read.
        case endOfImage
        /// The last byte read cannot stand where it stands.
        case invalid
    }

    /// The header of the picture's part; an empty one where the picture is no part.
    let header: PartHeader
    /// What tells where the picture ends.
    var end: FrameEnd
    private(set) var walker = JPEGWalker()
    /// The bytes, from `Frame.headroom` on; this is where the frame keeps them.
    private var storage: ByteBuffer
    /// Bytes of the part's body before the picture.
    private(set) var skipped: Int
    /// When the first byte behind the start of image was read.
    private var began: Timestamp?
    /// How long the picture must be before it is looked at once more whether a delimiter has ended it.
    var nextLook = 0

    /// Starts behind the first `startLength` bytes of the start of image, with room for `capacity` bytes.
    init(header: PartHeader, end: FrameEnd, skipped: Int, startLength: Int, capacity: Int) {
        self.header = header
        self.end = end
        self.skipped = skipped
        storage = Frame.storage(capacity: capacity)
        storage.writeBytes(JPEGWalker.start.prefix(startLength))
        _ = JPEGWalker.start.withUnsafeBytes { walker.walk($0.first(startLength)) }
    }

    /// How many bytes were read.
    var count: Int { storage.readableBytes }

    /// The byte at a position; nil where there is none.
    func byte(at position: Int) -> UInt8? {
        storage.getInteger(at: Frame.headroom + position)
    }

    /// Lets `body` see the bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeReadableBytes(body)
    }

    /// Takes bytes up to the end of image, or up to the length.
    mutating func read(_ source: inout ByteBuffer, at timestamp: Timestamp) -> Outcome {
        if began == nil { began = timestamp }
        let room = (end.length ?? .max) - count
        let outcome = source.withUnsafeReadableBytes { bytes in
            let window = bytes.first(room)
            let outcome = walker.walk(window)
            storage.writeBytes(outcome.consumed.map { window.first($0) } ?? window)
            return outcome
        }
        let taken = outcome.consumed ?? min(room, source.readableBytes)
        source.moveReaderIndex(forwardBy: taken)
        switch outcome {
        case .more:
            return count == end.length ? .lengthFull : .more
        case .invalid: return .invalid
        case .end: return .endOfImage
        }
    }

    /// Scans at most `limit` bytes for the next part; they are kept until it is known whether they belong to the picture.
    mutating func scan(
        _ source: inout ByteBuffer, limit: Int, with scanner: inout DelimiterScanner, boundary: Boundary
    ) -> DelimiterScanner.Find {
        let (find, scanned) = source.withUnsafeReadableBytes { bytes in
            let result = scanner.scan(bytes.first(limit), for: .parts, boundary: boundary)
            storage.writeBytes(bytes.first(result.scanned))
            return result
        }
        source.moveReaderIndex(forwardBy: scanned)
        return find
    }

    /// Cuts off the bytes from `position` on and hands out a copy of them.
    mutating func cut(from position: Int) -> ByteBuffer? {
        let rest = storage.getSlice(at: Frame.headroom + position, length: count - position)
        storage.moveWriterIndex(to: Frame.headroom + position)
        return rest.map { ByteBuffer(bytes: $0.readableBytesView) }
    }

    /// Begins anew with the start of image that was read last, and that is the first one of the picture.
    mutating func restart(end: FrameEnd) {
        skipped += count - 2
        self.end = end
        storage.moveWriterIndex(to: Frame.headroom + 2)
        walker = JPEGWalker()
        _ = JPEGWalker.start.withUnsafeBytes { walker.walk($0.first(2)) }
    }

    /// Makes a frame of the first `length` bytes; nothing is left behind. It has the time of its part's header where that is to be
    /// kept and there is one.
    mutating func takeFrame(length: Int, at timestamp: Timestamp, keepsTime: Bool) -> Frame {
        storage.moveWriterIndex(to: Frame.headroom + length)
        let shown = keepsTime ? header.timestamp ?? timestamp : timestamp
        var frame = Frame(
            takingFrom: &storage, kind: header.kind ?? .live, timestamp: shown, upstreamTimestamp: header.timestamp,
            width: walker.width, height: walker.height)
        frame.transferMicroseconds = max(0, timestamp.microseconds - (began ?? timestamp).microseconds)
        return frame
    }
}
