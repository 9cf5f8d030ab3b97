import NIOCore
import Text

/// Where a frame ends.
///
/// (a) The length is full and the walk is at or past the end of image: at once, padding included. (b) The length is full
/// and there was no end of image: if line ends and a delimiter follow, the picture goes out as it is; else the length was
/// too small, and the walk goes on. (c) The end of image comes before the length is full: if a delimiter follows before
/// that, the picture ends at its end of image. (d) No length: at the end of image.
extension FrameAssembler {
    /// Starts a picture, whose first three bytes have been taken.
    mutating func beginPicture() {
        let start = JPEGWalker.start
        let skipped = max(0, bodyLength - start.count)
        if skipped > 0, state == .body { oddities.insert(.bytesBeforePicture) }
        if state == .between {
            oddities.insert(.barePictures)
        } else {
            if !header.isPlainJPEG { oddities.insert(.otherPartType) }
            if header.hasUnreadableLength || header.contentLength.map({ $0 > maxFrameSize }) == true {
                oddities.insert(.unreadableContentLength)
            } else if let length = header.contentLength {
                if length < start.count, believesLengths {
                    oddities.insert(.lengthTooSmall)
                    believesLengths = false
                }
            } else {
                oddities.insert(.noContentLength)
            }
        }
        pictureLength = state == .between ? nil : believedLength.map { max(start.count, $0 - skipped) }
        state = .picture
        idleLength = max(0, idleLength - start.count)
        bodyLength = skipped

        // A length may be wrong by any amount: more than this is taken only when it comes.
        let expected = pictureLength.map { min($0, max(1 << 20, 4 * lastLength)) } ?? lastLength + lastLength / 8
        picture = Frame.storage(capacity: min(expected, maxFrameSize))
        picture.writeBytes(start)
        pictureBegan = nil
        walker = JPEGWalker()
        _ = start.withUnsafeBytes { walker.walk($0) }
        if pictureLength == start.count { enter(.behindLength) }
    }

    /// Takes the picture's bytes, up to its end of image or its length.
    mutating func walk(_ source: inout ByteBuffer, _ timestamp: Timestamp) throws(AssemblyError) -> Frame? {
        if pictureBegan == nil { pictureBegan = timestamp }
        let room = (pictureLength ?? .max) - picture.readableBytes
        let outcome = source.withUnsafeReadableBytes { bytes in
            let window = UnsafeRawBufferPointer(rebasing: bytes.prefix(room))
            let outcome = walker.walk(window)
            picture.writeBytes(UnsafeRawBufferPointer(rebasing: window.prefix(outcome.consumed ?? window.count)))
            return outcome
        }
        source.moveReaderIndex(forwardBy: outcome.consumed ?? min(room, source.readableBytes))
        guard picture.readableBytes <= maxFrameSize else { throw .frameTooLarge(limit: maxFrameSize) }
        switch outcome {
        case .more:
            if picture.readableBytes == pictureLength { enter(.behindLength) }
            return nil
        case .invalid:
            recover()
            return nil
        case .end:
            guard let length = pictureLength, picture.readableBytes < length else {
                return complete(at: walker.position, isLengthRight: pictureLength != nil, timestamp)
            }
            enter(.padding)
            return nil
        }
    }

    /// Takes what stands between the end of image and the end of the length.
    mutating func readPadding(_ source: inout ByteBuffer, _ timestamp: Timestamp) -> Frame? {
        guard let length = pictureLength else { return complete(at: walker.position, isLengthRight: false, timestamp) }
        let find = scanInPicture(&source, limit: length - picture.readableBytes)
        if find != .nothing { return endBeforeLength(find, timestamp) }
        guard picture.readableBytes == length else { return nil }
        // The length may end within the delimiter; only dashes at the beginning of a line can be one.
        let candidate = scanner.candidateLength
        let before = picture.getInteger(at: picture.writerIndex - candidate - 1, as: UInt8.self)
        if candidate > 0, candidate == length - walker.position || before == ASCII.lineFeed {
            state = .behindPadding
            return nil
        }
        oddities.insert(.bytesBehindPicture)
        return complete(at: length, isLengthRight: true, timestamp)
    }

    /// Finds out whether a delimiter that seems to begin within the length is one.
    mutating func readBehindPadding(_ source: inout ByteBuffer, _ timestamp: Timestamp) -> Frame? {
        let length = pictureLength ?? walker.position
        while source.readableBytes > 0 {
            let candidate = scanner.candidateLength
            let find = scanInPicture(&source, limit: 1)
            if find != .nothing { return endBeforeLength(find, timestamp) }
            let isDash = picture.getInteger(at: picture.writerIndex - 1) == ASCII.dash
            guard scanner.candidateLength > candidate || isDash && scanner.candidateLength == candidate else {
                oddities.insert(.bytesBehindPicture)
                giveBack(from: length)
                return complete(at: length, isLengthRight: true, timestamp)
            }
        }
        return nil
    }

    /// Finds out whether a delimiter follows a picture that has no end of image where its length ends.
    mutating func readBehindLength(_ source: inout ByteBuffer, _ timestamp: Timestamp) -> Frame? {
        let length = pictureLength ?? 0
        while source.readableBytes > 0 {
            let find = scanInPicture(&source, limit: 1)
            if find != .nothing {
                guard !isLineEndWithin(length) else {
                    // The delimiter's line end is within the length, so the picture is shorter than that: it was cut.
                    believesLengths = false
                    oddities.insert(.lengthTooLarge)
                    dropPicture()
                    beginHeader(with: find)
                    return nil
                }
                let frame = complete(at: length, isLengthRight: true, timestamp)
                beginHeader(with: find)
                return frame
            }
            let behind = picture.readableBytes - length
            let last = picture.getInteger(at: picture.writerIndex - 1, as: UInt8.self)
            let isLineEnd = last == ASCII.lineFeed || last == ASCII.carriageReturn
            guard scanner.candidateLength > 0 || isLineEnd, behind < boundary.pattern.count + 16 else {
                giveBack(from: length)
                state = .picture
                if bodyLength > 0 {
                    // The bytes before the picture may not be counted in the length.
                    pictureLength = length + bodyLength
                    bodyLength = 0
                } else {
                    pictureLength = nil
                    believesLengths = false
                    oddities.insert(.lengthTooSmall)
                }
                return nil
            }
        }
        return nil
    }

    /// Whether the line end before a delimiter that comes right behind the picture's first `length` bytes is one of them.
    private func isLineEndWithin(_ length: Int) -> Bool {
        let (last, next) = (Frame.headroom + length - 1, Frame.headroom + length)
        switch picture.getInteger(at: last, as: UInt8.self) {
        case ASCII.carriageReturn: return picture.getInteger(at: next) == ASCII.lineFeed
        case ASCII.lineFeed: return picture.getInteger(at: next).map { $0 != ASCII.carriageReturn && $0 != ASCII.lineFeed } ?? false
        default: return false
        }
    }

    private mutating func enter(_ next: State) {
        state = next
        scanner = DelimiterScanner()
    }

    /// Scans bytes that the picture keeps until it is known whether they are its own.
    private mutating func scanInPicture(_ source: inout ByteBuffer, limit: Int) -> DelimiterScanner.Find {
        let (find, scanned) = source.withUnsafeReadableBytes { bytes in
            let window = UnsafeRawBufferPointer(rebasing: bytes.prefix(limit))
            let result = scanner.scan(window, for: .parts, boundary: boundary)
            picture.writeBytes(UnsafeRawBufferPointer(rebasing: window.prefix(result.scanned)))
            return result
        }
        source.moveReaderIndex(forwardBy: scanned)
        return find
    }

    /// A delimiter came before the length was full.
    private mutating func endBeforeLength(_ find: DelimiterScanner.Find, _ timestamp: Timestamp) -> Frame? {
        oddities.insert(.lengthTooLarge)
        believesLengths = false
        pictureLength = nil
        let frame = complete(at: walker.position, isLengthRight: false, timestamp)
        if givenBack == nil { beginHeader(with: find) }
        return frame
    }

    /// Hands out the picture of the first `length` bytes, unless it is none.
    mutating func complete(at length: Int, isLengthRight: Bool, _ timestamp: Timestamp) -> Frame? {
        guard walker.isPicture, picture.readableBytes >= length else {
            dropPicture()
            awaitPart()
            return nil
        }
        if !isLengthRight, recoverMerged() { return nil }
        if !walker.hasEnded { oddities.insert(.noEndOfImage) }
        picture.moveWriterIndex(to: Frame.headroom + length)
        var frame = Frame(
            takingFrom: &picture, kind: header.kind ?? .live, timestamp: timestamp, upstreamTimestamp: header.timestamp,
            width: walker.width, height: walker.height)
        frame.transferMicroseconds = max(0, timestamp.microseconds - (pictureBegan ?? timestamp).microseconds)
        lastLength = length
        idleLength = 0
        awaitPart()
        return frame
    }
}
