import NIOCore

/// The state in a picture: its bytes so far, and how far they are walked.
///
/// Code that changes it must have the only copy, because otherwise the picture's bytes are copied.
struct OpenPicture: Sendable {
    /// The outcome of a read.
    enum Outcome: Sendable {
        /// All bytes have been read; the picture goes on.
        case more
        /// The length is full, and the picture has not ended.
        case lengthFull
        /// The end of image has been read.
        case endOfImage
        /// The last byte that was read is impossible at its place.
        case invalid
    }

    /// The header of the picture's part; empty for a picture outside of parts.
    let header: PartHeader
    /// The rules that tell where the picture ends.
    var end: FrameEnd
    private(set) var walker = JPEGWalker()
    /// The picture's bytes, from `Frame.headroom` on: the buffer of the later frame.
    private var storage: ByteBuffer
    /// Bytes of the part's body before the picture.
    private(set) var skipped: Int
    /// When the first byte behind the start of image was read.
    private var began: Timestamp?
    /// How long the picture must be before its end is searched for a delimiter again.
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

    /// Calls `body` with the picture's bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeReadableBytes(body)
    }

    /// Takes bytes up to the end of image or up to the full length.
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

    /// Scans at most `limit` bytes for the next part, and keeps them until it is known whether they belong to the picture.
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

    /// Begins anew: the start of image that was read last becomes the first bytes of the picture.
    mutating func restart(end: FrameEnd) {
        skipped += count - 2
        self.end = end
        storage.moveWriterIndex(to: Frame.headroom + 2)
        walker = JPEGWalker()
        _ = JPEGWalker.start.withUnsafeBytes { walker.walk($0.first(2)) }
    }

    /// Makes a frame of the first `length` bytes and takes the buffer. The frame has the time in its part's header, if the time is there
    /// and is to be kept.
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
