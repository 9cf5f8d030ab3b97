import NIOCore

/// One whole JPEG, laid out ready to send: `[plain header][JPEG][delimiter][next header]` in one buffer.
///
/// The plain part, the ahead part and the JPEG are slices of this buffer, so a frame is sent to any number of viewers in either form
/// without another copy.
package struct Frame: Sendable {
    /// The origin of a frame's picture.
    package enum Kind: String, Hashable, Sendable {
        /// A new picture of the camera.
        case live
        /// The newest frame once more, because no newer frame came.
        case `repeat`
        /// The relay's own picture, which says that the camera is lost.
        case placeholder
    }

    /// Bytes of free space before the JPEG, at whose end the header is written once its length is known.
    static let headroom = 160

    /// The kind of the frame.
    package let kind: Kind
    /// When the frame was complete; a repeat has the time of the original frame.
    package let timestamp: Timestamp
    /// The sender's time from the part's `X-Timestamp`, if it was readable.
    package let upstreamTimestamp: Timestamp?
    /// Width in pixels, from the JPEG's frame header.
    package let width: Int
    /// Height in pixels, from the JPEG's frame header.
    package let height: Int
    /// How long the frame's bytes took to arrive, from the first read to the last; 0 for a picture that was not read from a stream.
    package internal(set) var transferMicroseconds: Int64 = 0
    /// Length of the JPEG in bytes, padding behind its end included.
    package let jpegLength: Int

    /// The buffer with header, JPEG and trailer.
    private let storage: ByteBuffer
    /// Where the plain header begins in `storage`.
    private let headerIndex: Int

    /// Writes header and trailer around the JPEG that is in `storage` from `Frame.headroom` to the writer index, and takes the buffer over.
    ///
    /// `inout`, so that the buffer always has one owner and the header does not cause a copy.
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

    /// Copies a JPEG that did not come through an assembler, such as a file or a placeholder.
    ///
    /// Nil if the bytes are not a whole JPEG with a readable frame header. Bytes behind the JPEG's end are kept.
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

    /// The last part of a stream in plain form: without the delimiter behind the JPEG, so that a new stream's first delimiter can follow,
    /// as with ffmpeg's `-reconnect`. In ahead form the last part is the JPEG alone.
    package var lastPlainPart: ByteBuffer {
        slice(from: headerIndex, length: Frame.headroom - headerIndex + jpegLength)
    }

    /// The JPEG alone.
    package var jpeg: ByteBuffer {
        slice(from: Frame.headroom, length: jpegLength)
    }

    /// The same picture with the same time, marked as a repeat. Copies the bytes.
    package func repeated() -> Frame { copy(kind: .repeat, timestamp: timestamp) }

    /// The same picture, which the camera has called unchanged at `timestamp`. Copies the bytes.
    package func renewed(at timestamp: Timestamp) -> Frame { copy(kind: kind, timestamp: timestamp) }

    /// The same picture as a new picture of the camera. Copies the bytes.
    package func live() -> Frame { copy(kind: .live, timestamp: timestamp) }

    private func copy(kind: Kind, timestamp: Timestamp) -> Frame {
        var storage = Frame.storage(holding: jpeg)
        return Frame(
            takingFrom: &storage, kind: kind, timestamp: timestamp, upstreamTimestamp: upstreamTimestamp, width: width, height: height)
    }

    /// An empty buffer with space for header, JPEG and trailer. Its reader and writer indices are at the JPEG's beginning.
    static func storage(capacity jpegLength: Int) -> ByteBuffer {
        var storage = ByteBufferAllocator().buffer(capacity: headroom + jpegLength + WireFormat.trailer.count)
        storage.moveWriterIndex(to: headroom)
        storage.moveReaderIndex(to: headroom)
        return storage
    }

    /// A new buffer with a copy of `jpeg` at the JPEG's place.
    private static func storage(holding jpeg: ByteBuffer) -> ByteBuffer {
        var storage = storage(capacity: jpeg.readableBytes)
        storage.writeImmutableBuffer(jpeg)
        return storage
    }

    private func slice(from index: Int, length: Int) -> ByteBuffer {
        // Slices can be taken only from readable bytes, so the reader index must be at the header.
        var whole = storage
        whole.moveReaderIndex(to: headerIndex)
        return whole.getSlice(at: index, length: length) ?? ByteBuffer()
    }
}
