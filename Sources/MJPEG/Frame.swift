import NIOCore

/// One whole JPEG, laid out ready to send: `[plain header][JPEG][delimiter][next header]` in one buffer.
///
/// The plain part, the ahead part and the JPEG are slices of that buffer, so a frame is sent to any number of viewers in
/// either form without another copy.
package struct Frame: Sendable {
    /// What a frame tells about its camera.
    package enum Kind: String, Hashable, Sendable {
        /// Just taken by the camera.
        case live
        /// The newest frame once more, since no newer one came.
        case `repeat`
        /// A picture of ours that says that the camera is lost.
        case placeholder
    }

    /// Room before the JPEG for the header, which is written right-aligned once its length is known.
    static let headroom = 160

    /// What the frame is to its viewers.
    package let kind: Kind
    /// When the frame was complete; a repeat keeps the time of the frame that it repeats.
    package let timestamp: Timestamp
    /// The time that the sender of the part gave in `X-Timestamp`, when it was a readable one.
    package let upstreamTimestamp: Timestamp?
    /// Width in pixels, from the JPEG's frame header.
    package let width: Int
    /// Height in pixels, from the JPEG's frame header.
    package let height: Int
    /// How long its bytes took to come, from the first read to the last; nought for a picture that was not read from a stream.
    package internal(set) var transferMicroseconds: Int64 = 0
    /// Length of the JPEG in bytes, padding behind its end included.
    package let jpegLength: Int

    /// The buffer with everything in it.
    private let storage: ByteBuffer
    /// Where the plain header begins in `storage`.
    private let headerIndex: Int

    /// Lays header and trailer around a JPEG that stands in `storage` from `Frame.headroom` to the writer index, and takes it.
    ///
    /// `inout`, so that the buffer has one owner all the way and is never copied for the header's sake.
    init(
        takingFrom storage: inout ByteBuffer, kind: Kind, timestamp: Timestamp, upstreamTimestamp: Timestamp? = nil, width: Int,
        height: Int
    ) {
        let jpegLength = max(0, storage.writerIndex - Frame.headroom)
        let header = WireFormat.header(jpegLength: jpegLength, timestamp: timestamp, kind: kind)
        let headerIndex = Frame.headroom - header.utf8.count
        storage.setString(header, at: headerIndex)
        storage.writeBytes(WireFormat.trailer)
        self.kind = kind
        self.timestamp = timestamp
        self.upstreamTimestamp = upstreamTimestamp
        self.width = width
        self.height = height
        self.jpegLength = jpegLength
        self.headerIndex = headerIndex
        self.storage = storage
        storage = ByteBuffer()
    }

    /// Copies a JPEG that did not come through an assembler: a file, a placeholder.
    ///
    /// Nil unless it is a whole JPEG with a readable frame header; bytes behind its end are kept.
    package init?(jpeg: ByteBuffer, timestamp: Timestamp, kind: Kind = .live, upstreamTimestamp: Timestamp? = nil) {
        var walker = JPEGWalker()
        let outcome = jpeg.withUnsafeReadableBytes { walker.walk($0) }
        guard case .end = outcome, walker.isPicture else { return nil }
        var storage = Frame.storage(holding: jpeg)
        self.init(
            takingFrom: &storage, kind: kind, timestamp: timestamp, upstreamTimestamp: upstreamTimestamp, width: walker.width,
            height: walker.height)
    }

    /// The part in plain form: header block, JPEG, delimiter.
    package var plainPart: ByteBuffer {
        slice(from: headerIndex, length: Frame.headroom - headerIndex + jpegLength + WireFormat.delimiter.count)
    }

    /// The part in ahead form: JPEG, delimiter, header block of the next part.
    package var aheadPart: ByteBuffer {
        slice(from: Frame.headroom, length: jpegLength + WireFormat.trailer.count)
    }

    /// The part in plain form as the last of a stream: no delimiter behind the JPEG, so that the first one of a next stream can
    /// follow, as where ffmpeg's `-reconnect` reads on. In ahead form that is the JPEG alone.
    package var lastPlainPart: ByteBuffer {
        slice(from: headerIndex, length: Frame.headroom - headerIndex + jpegLength)
    }

    /// The JPEG alone.
    package var jpeg: ByteBuffer {
        slice(from: Frame.headroom, length: jpegLength)
    }

    /// The same picture of the same time, marked as a repeat. Copies.
    package func repeated() -> Frame { copy(kind: .repeat, timestamp: timestamp) }

    /// The same picture, of which the camera said at `timestamp` that it still holds. Copies.
    package func renewed(at timestamp: Timestamp) -> Frame { copy(kind: kind, timestamp: timestamp) }

    /// The same picture as one that the camera sends now. Copies.
    package func live() -> Frame { copy(kind: .live, timestamp: timestamp) }

    private func copy(kind: Kind, timestamp: Timestamp) -> Frame {
        var storage = Frame.storage(holding: jpeg)
        return Frame(
            takingFrom: &storage, kind: kind, timestamp: timestamp, upstreamTimestamp: upstreamTimestamp, width: width, height: height)
    }

    /// An empty buffer with room for header, JPEG and trailer, reader and writer where the JPEG begins.
    static func storage(capacity jpegLength: Int) -> ByteBuffer {
        var storage = ByteBufferAllocator().buffer(capacity: headroom + jpegLength + WireFormat.trailer.count)
        storage.moveWriterIndex(to: headroom)
        storage.moveReaderIndex(to: headroom)
        return storage
    }

    /// A buffer of its own that holds a copy of `jpeg` in its place.
    private static func storage(holding jpeg: ByteBuffer) -> ByteBuffer {
        var storage = storage(capacity: jpeg.readableBytes)
        storage.writeImmutableBuffer(jpeg)
        return storage
    }

    private func slice(from index: Int, length: Int) -> ByteBuffer {
        // The indices before the JPEG are readable only to a buffer whose reader stands at the header.
        var whole = storage
        whole.moveReaderIndex(to: headerIndex)
        return whole.getSlice(at: index, length: length) ?? ByteBuffer()
    }
}
