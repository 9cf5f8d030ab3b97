import NIOCore

/// What becomes of a picture in which the walk met what cannot be: mostly another picture's start, since this one has no end
/// of image. If all of it is there it goes out; else it is dropped, and the next one, of which it may have swallowed the
/// beginning, is not lost with it.
extension FrameAssembler {
    /// Ends a picture whose walk cannot go on, since its last byte cannot be or the stream has ended.
    mutating func recover(_ picture: inout OpenPicture, isAtEnd: Bool, _ timestamp: Timestamp) -> Frame? {
        if restart(&picture) { return nil }
        if let (bound, decision) = endInScan(picture, isAtEnd: isAtEnd) { return end(&picture, at: bound, decision, timestamp) }
        let count = picture.count
        if memory.layout != .jpegs, let bound = picture.delimiter(from: JPEGWalker.start.count, before: count, memory.boundary) {
            dropAndReadAgain(&picture, from: bound.delimiter)
        } else if !memory.boundary.isLearnt, picture.walker.metStartOfImage {
            dropAndReadAgain(&picture, from: count - 2)
        } else {
            // The delimiter may have been swallowed by half.
            dropAndReadAgain(&picture, from: max(JPEGWalker.start.count, count - memory.maxOpeningLength - 2))
            state = .search(PartSearch(behindBrokenPicture: !memory.boundary.isLearnt))
        }
        return nil
    }

    /// Ends a picture before a delimiter that stands among its bytes, which is read again.
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

    /// Begins again where a second start of image comes right behind the first, with nothing but filler between.
    private mutating func restart(_ picture: inout OpenPicture) -> Bool {
        guard picture.walker.metStartOfImage, picture.walker.isBare else { return false }
        memory.idleLength += picture.count - 2
        memory.quirks.insert(.bytesBeforePicture)
        picture.restart(end: memory.end(of: picture.header, skipped: picture.skipped + picture.count - 2))
        state = .picture(picture)
        return true
    }

    /// Where a picture without an end of image ends, if all of it is there.
    private func endInScan(_ picture: OpenPicture, isAtEnd: Bool) -> (PictureBound, FrameEnd.Decision)? {
        guard let scan = picture.walker.scanPosition else { return nil }
        var start = scan
        // The name of a boundary may be short, and stand in the data by chance.
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

    /// Drops a picture that was cut within a segment, so that the walk went on in the next picture and ended with it.
    ///
    /// Such a picture has a start of image before its first scan from which a walk ends where the whole ends; a
    /// thumbnail's ends before. True when the picture was one.
    mutating func recoverMerged(_ picture: inout OpenPicture) -> Bool {
        guard let start = picture.mergedStart() else { return false }
        let bound = memory.layout == .jpegs ? nil : picture.delimiter(from: JPEGWalker.start.count, before: start, memory.boundary)
        dropAndReadAgain(&picture, from: bound?.delimiter ?? start)
        return true
    }

    /// Counts a picture out.
    mutating func drop(_ picture: inout OpenPicture) {
        memory.framesDropped += 1
        memory.quirks.insert(.brokenPicture)
        memory.idleLength += picture.count
    }

    /// Drops what has an end of image and is no picture, and reads again from a delimiter that it swallowed.
    mutating func dropAndReadAgainFromDelimiter(_ picture: inout OpenPicture) {
        let bound =
            memory.layout == .jpegs
            ? nil : picture.delimiter(from: JPEGWalker.start.count, before: picture.count, memory.boundary)
        if let bound { dropAndReadAgain(&picture, from: bound.delimiter) } else { drop(&picture) }
    }

    /// Drops the picture, and reads its bytes from `position` on again as long as that is allowed.
    private mutating func dropAndReadAgain(_ picture: inout OpenPicture, from position: Int) {
        if replay.permits(picture.count - position) { replay.giveBack(picture.cut(from: position)) }
        drop(&picture)
    }
}
