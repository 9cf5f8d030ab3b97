import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What becomes of a picture that is broken: it is dropped, and the next one, of which it may have swallowed the beginning,
/// is not lost with it.
extension FrameAssembler {
    /// Drops a picture whose walk met what cannot be, and goes on at the delimiter that it swallowed or behind it.
    mutating func recover() {
        let met = walker
        let written = picture.readableBytes
        if layout != .jpegs, let delimiter = delimiterInPicture(before: written) {
            if pictureLength != nil {
                // The camera sent less than the length promised.
                oddities.insert(.lengthTooLarge)
                believesLengths = false
            }
            readAgain(from: delimiter)
        } else if !boundary.isLearnt, met.metStartOfImage {
            readAgain(from: written - 2)
        } else {
            // The delimiter may have been swallowed by half.
            let half = max(boundary.pattern.count, boundary.bareLine.count, DelimiterScanner.field.utf8CodeUnitCount) + 2
            readAgain(from: max(JPEGWalker.start.count, written - half))
            scanner.awaitsEndOfImage = !boundary.isLearnt
        }
    }

    /// Drops a picture that was cut within a segment, so that the walk went on in the next picture and ended with it.
    ///
    /// Such a picture has a start of image before its first scan from which a walk ends where the whole ends; a
    /// thumbnail's ends before. True when the picture was one.
    mutating func recoverMerged() -> Bool {
        guard let scan = walker.scanPosition, let start = mergedStart(before: scan, end: walker.position) else { return false }
        let delimiter = layout == .jpegs ? nil : delimiterInPicture(before: start)
        readAgain(from: delimiter ?? start)
        return true
    }

    /// Counts a picture out.
    mutating func dropPicture() {
        framesDropped += 1
        oddities.insert(.brokenPicture)
        idleLength += picture.readableBytes
        picture = ByteBuffer()
    }

    /// Cuts the picture to `length` bytes; those behind are read again as what follows it.
    mutating func giveBack(from length: Int) {
        givenBack = picture.getSlice(at: Frame.headroom + length, length: picture.readableBytes - length).map {
            ByteBuffer(bytes: $0.readableBytesView)
        }
        picture.moveWriterIndex(to: Frame.headroom + length)
    }

    /// Drops the picture, and reads its bytes from `offset` on again as long as that is allowed.
    private mutating func readAgain(from offset: Int) {
        let length = picture.readableBytes - offset
        if length > 0, length <= replayAllowance {
            replayAllowance -= length
            giveBack(from: offset)
        }
        dropPicture()
        awaitPart()
    }

    /// Where a delimiter begins in the picture, between its start and `end`.
    private func delimiterInPicture(before end: Int) -> Int? {
        let start = JPEGWalker.start.count
        guard end > start else { return nil }
        var scanner = DelimiterScanner()
        let (find, scanned) = picture.withUnsafeReadableBytes { bytes in
            scanner.scan(UnsafeRawBufferPointer(rebasing: bytes[start..<min(end, bytes.count)]), for: .parts, boundary: boundary)
        }
        switch find {
        case .nothing, .startOfImage: return nil
        case .delimiter: return start + scanned - boundary.pattern.count
        case .dashes: return start + scanned - 2
        case .field: return start + scanned - DelimiterScanner.field.utf8CodeUnitCount
        case .bareLine: return start + scanned - boundary.bareLine.count
        }
    }

    private func mergedStart(before scan: Int, end: Int) -> Int? {
        picture.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress, end <= bytes.count, scan <= end else { return nil }
            var index = JPEGWalker.start.count
            // A picture holds one or two thumbnails; more tries would only serve an attacker.
            var tries = 16
            while tries > 0, index + 2 < scan, let hit = memchr(base + index, 0xFF, scan - index) {
                index = UnsafeRawPointer(hit) - base
                if index + 2 < end, bytes[index + 1] == 0xD8, bytes[index + 2] == 0xFF {
                    tries -= 1
                    var inner = JPEGWalker()
                    let outcome = inner.walk(UnsafeRawBufferPointer(rebasing: bytes[index..<end]))
                    if outcome == .end(consumed: end - index), inner.isPicture { return index }
                }
                index += 1
            }
            return nil
        }
    }
}
