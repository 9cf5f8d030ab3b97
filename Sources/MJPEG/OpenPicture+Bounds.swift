import Text

/// Delimiters in and behind a picture.
extension OpenPicture {
    /// The most bytes at the end in which a delimiter is looked for.
    private static let maxLook = 512

    /// The delimiter that begins at `position`, with the dashes and the line end that belong to it.
    func bound(at position: Int) -> PictureBound {
        var delimiter = position
        while delimiter > 0, byte(at: delimiter - 1) == ASCII.dash { delimiter -= 1 }
        let line = lineEnd(before: delimiter)
        // Dashes within a line are the picture's.
        return line < delimiter ? PictureBound(line: line, delimiter: delimiter) : PictureBound(line: position, delimiter: position)
    }

    /// What a delimiter says of the picture's end.
    func decision(at bound: PictureBound) -> FrameEnd.Decision {
        end.meetDelimiter(at: bound.line, isLine: bound.isLine) { wholeness(of: $0) }
    }

    /// What a full length says of the picture's end; `isUsual` where the picture before had no end of image either.
    func decisionAtLength(isUsual: Bool, _ boundary: Boundary) -> FrameEnd.Decision {
        // Behind an FF a marker goes on.
        if byte(at: count - 1) == 0xFF || hasForeignTail(count) { return .lookBehind }
        let decision = end.meetLength(isUsual: isUsual) { wholeness(of: count) }
        guard case .end = decision, let scan = walker.scanPosition else { return decision }
        // A length that is too large may have swallowed a delimiter.
        return delimiter(from: scan, before: count, boundary) == nil ? decision : .lookBehind
    }

    /// What a line end behind the full length says of the picture's end.
    func decisionAtLineEnd(behind length: Int) -> FrameEnd.Decision {
        hasForeignTail(length) ? .lookBehind : end.meetLineEnd { wholeness(of: length) }
    }

    /// Whether the picture is whole before the last of its first `length` bytes, and these look like a line end: then the
    /// length is too large, and they belong to the delimiter.
    private func hasForeignTail(_ length: Int) -> Bool {
        let line = bound(at: length).line
        return line < length && wholeness(of: line) == .whole
    }

    /// How much there is of a picture that ends after `length` bytes without an end of image.
    func wholeness(of length: Int) -> Wholeness {
        withBytes { bytes in
            var walker = walker
            if walker.position != length {
                walker = JPEGWalker()
                _ = walker.walk(bytes.first(length))
            }
            guard walker.isPicture else { return .headless }
            return PictureCheck.wholeness(of: bytes.first(length))
        }
    }

    /// Where a delimiter among the last bytes ends the picture, which has no length to tell.
    ///
    /// A look costs next to nothing, since it is taken only where the last byte may be a delimiter's or a header line's: a
    /// camera that sends nothing behind these is the one whose picture would go out late. A delimiter that came long before
    /// is met with the next picture.
    @inline(__always)
    mutating func endAtLastDelimiter(_ memory: borrowing StreamMemory) -> (PictureBound, FrameEnd.Decision)? {
        guard let last = byte(at: count - 1) else { return nil }
        guard last == ASCII.lineFeed || last == ASCII.carriageReturn || last == ASCII.dash || last == memory.boundary.pattern.last else {
            return nil
        }
        return lookForLastDelimiter(memory.boundary)
    }

    private mutating func lookForLastDelimiter(_ boundary: Boundary) -> (PictureBound, FrameEnd.Decision)? {
        let pattern = boundary.pattern
        guard let scan = walker.scanPosition, walker.isInScan, boundary.isLearnt, !pattern.isEmpty, count >= nextLook else { return nil }
        let start = max(scan, count - OpenPicture.maxLook)
        guard let position = withBytes({ $0.position(of: pattern, from: start) }) else { return nil }
        // The work stays in proportion to the picture also where its data holds many delimiters.
        nextLook = 2 * count
        let bound = bound(at: position)
        let decision = decision(at: bound)
        guard case .end = decision else { return nil }
        return (bound, decision)
    }

    /// The first delimiter from `start` on and before `end`.
    func delimiter(from start: Int, before end: Int, _ boundary: Boundary) -> PictureBound? {
        guard end > start else { return nil }
        var scanner = DelimiterScanner()
        let (find, scanned) = withBytes { scanner.scan($0.first(end).rest(from: start), for: .parts, boundary: boundary) }
        return find == .nothing ? nil : bound(at: start + scanned - find.length(boundary))
    }

    private func lineEnd(before position: Int) -> Int {
        switch byte(at: position - 1) {
        case ASCII.carriageReturn: position - 1
        case ASCII.lineFeed: byte(at: position - 2) == ASCII.carriageReturn ? position - 2 : position - 1
        default: position
        }
    }
}
