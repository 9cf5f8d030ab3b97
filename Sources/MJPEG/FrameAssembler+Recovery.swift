import NIOCore

/// Ends a picture in which the walk met impossible bytes: mostly the start of another picture, because the first picture has no end of
/// image. A picture that is complete goes out. Any other picture is dropped, and its bytes are read again, because the beginning of the
/// next picture may be among them.
extension FrameAssembler {
    /// Ends a picture whose walk cannot go on, because the last byte is impossible or the stream has ended.
    mutating func recover(_ picture: inout OpenPicture, isAtEnd: Bool, _ timestamp: Timestamp) -> Frame? {
        if restart(&picture) { return nil }
        if let (bound, decision) = endInScan(picture, isAtEnd: isAtEnd) { return end(&picture, at: bound, decision, timestamp) }
        let count = picture.count
        if memory.layout != .jpegs, let bound = picture.delimiter(from: JPEGWalker.start.count, before: count, memory.boundary) {
            dropAndReadAgain(&picture, from: bound.delimiter)
        } else if !memory.boundary.isLearnt, picture.walker.metStartOfImage {
            dropAndReadAgain(&picture, from: count - 2)
        } else {
            // Half of the delimiter may be among the picture's bytes.
            dropAndReadAgain(&picture, from: max(JPEGWalker.start.count, count - memory.maxOpeningLength - 2))
            state = .search(PartSearch(behindBrokenPicture: !memory.boundary.isLearnt))
        }
        return nil
    }

    /// Ends a picture before a delimiter among its bytes. The delimiter is read again.
    mutating func end(
        _ picture: inout OpenPicture, at bound: PictureBound, _ decision: FrameEnd.Decision, _ timestamp: Timestamp
    ) -> Frame? {
        guard case .end(let length, let verdict) = decision else {
            dropAndReadAgain(&picture, from: bound.delimiter)
            return nil
        }
        let isAllowed = replay.permits(picture.count - bound.delimiter)
        let rest = picture.cut(from: bound.delimiter)
        if isAllowed { replay.giveBack(rest) }
        return complete(&picture, length: length, verdict, timestamp)
    }

    /// Begins the picture anew where a second start of image follows the first, with nothing but filler between.
    private mutating func restart(_ picture: inout OpenPicture) -> Bool {
        guard picture.walker.metStartOfImage, picture.walker.isBare else { return false }
        memory.idleLength += picture.count - 2
        memory.quirks.insert(.bytesBeforePicture)
        picture.restart(end: memory.end(of: picture.header, skipped: picture.skipped + picture.count - 2))
        state = .picture(picture)
        return true
    }

    /// The end of a picture without an end of image, if the picture is complete.
    private func endInScan(_ picture: OpenPicture, isAtEnd: Bool) -> (PictureBound, FrameEnd.Decision)? {
        guard let scan = picture.walker.scanPosition else { return nil }
        var start = scan
        // A short boundary name may be in the picture's data by chance.
        for _ in 0..<4 where memory.layout != .jpegs {
            guard let bound = picture.delimiter(from: start, before: picture.count, memory.boundary) else { break }
            let decision = picture.decision(at: bound)
            if case .end = decision { return (bound, decision) }
            start = bound.delimiter + 2
        }
        var end = picture.count
        if !isAtEnd {
            guard picture.walker.metStartOfImage, memory.layout == .jpegs || !memory.boundary.isLearnt else { return nil }
            end -= 2
        }
        let bound = PictureBound(line: picture.bound(at: end).line, delimiter: end)
        let decision = picture.end.meetEndOfStream(at: bound.line) { picture.wholeness(of: $0) }
        guard case .end = decision else { return nil }
        return (bound, decision)
    }

    /// Drops a picture that was cut within a segment. The walk of such a picture went on in the next picture and ended with it.
    ///
    /// It is recognized by a start of image before the first scan: a walk from there ends where the whole ends, while a thumbnail's walk
    /// ends earlier. True if the picture was dropped.
    mutating func recoverMerged(_ picture: inout OpenPicture) -> Bool {
        guard let start = picture.mergedStart() else { return false }
        let bound = memory.layout == .jpegs ? nil : picture.delimiter(from: JPEGWalker.start.count, before: start, memory.boundary)
        dropAndReadAgain(&picture, from: bound?.delimiter ?? start)
        return true
    }

    /// Counts a dropped picture.
    mutating func drop(_ picture: inout OpenPicture) {
        memory.framesDropped += 1
        memory.quirks.insert(.brokenPicture)
        memory.idleLength += picture.count
    }

    /// Drops bytes that have an end of image but are no picture, and reads again from a delimiter among them.
    mutating func dropAndReadAgainFromDelimiter(_ picture: inout OpenPicture) {
        let bound =
            memory.layout == .jpegs
            ? nil : picture.delimiter(from: JPEGWalker.start.count, before: picture.count, memory.boundary)
        if let bound { dropAndReadAgain(&picture, from: bound.delimiter) } else { drop(&picture) }
    }

    /// Drops the picture, and reads its bytes from `position` on again, as far as the limit of repeated reading allows.
    private mutating func dropAndReadAgain(_ picture: inout OpenPicture, from position: Int) {
        if replay.permits(picture.count - position) { replay.giveBack(picture.cut(from: position)) }
        drop(&picture)
    }
}
