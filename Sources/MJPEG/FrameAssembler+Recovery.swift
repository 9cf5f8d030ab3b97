import NIOCore

/// What becomes of a picture that is broken: it is dropped, and the next one, of which it may have swallowed the beginning,
/// is not lost with it.
extension FrameAssembler {
    /// Drops a picture whose walk met what cannot be, and goes on at the delimiter that it swallowed or behind it.
    mutating func recover(_ picture: inout OpenPicture) {
        let count = picture.count
        if memory.layout != .jpegs, let delimiter = picture.delimiter(before: count, memory.boundary) {
            // The camera sent less than the length promised.
            if picture.end.length != nil { memory.judge(.tooLarge) }
            dropAndReadAgain(&picture, from: delimiter)
        } else if !memory.boundary.isLearnt, picture.walker.metStartOfImage {
            dropAndReadAgain(&picture, from: count - 2)
        } else {
            // The delimiter may have been swallowed by half.
            dropAndReadAgain(&picture, from: max(JPEGWalker.start.count, count - memory.maxOpeningLength - 2))
            state = .search(PartSearch(behindBrokenPicture: !memory.boundary.isLearnt))
        }
    }

    /// Drops a picture that was cut within a segment, so that the walk went on in the next picture and ended with it.
    ///
    /// Such a picture has a start of image before its first scan from which a walk ends where the whole ends; a
    /// thumbnail's ends before. True when the picture was one.
    mutating func recoverMerged(_ picture: inout OpenPicture) -> Bool {
        guard let start = picture.mergedStart() else { return false }
        let delimiter = memory.layout == .jpegs ? nil : picture.delimiter(before: start, memory.boundary)
        dropAndReadAgain(&picture, from: delimiter ?? start)
        return true
    }

    /// Counts a picture out.
    mutating func drop(_ picture: inout OpenPicture) {
        memory.framesDropped += 1
        memory.quirks.insert(.brokenPicture)
        memory.idleLength += picture.count
    }

    /// Drops the picture, and reads its bytes from `position` on again as long as that is allowed.
    private mutating func dropAndReadAgain(_ picture: inout OpenPicture, from position: Int) {
        if replay.permits(picture.count - position) { replay.giveBack(picture.cut(from: position)) }
        drop(&picture)
    }
}
