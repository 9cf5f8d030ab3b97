import Text

/// Finds delimiters in and behind a picture.
extension OpenPicture {
    /// How many bytes at the end of the picture are searched for a delimiter.
    private static let maxLook = 512

    /// The delimiter at `position`, with the dashes and the line end before it.
    func bound(at position: Int) -> PictureBound {
        var delimiter = position
        while delimiter > 0, byte(at: delimiter - 1) == ASCII.dash { delimiter -= 1 }
        let line = lineEnd(before: delimiter)
        // Dashes within a line belong to the picture.
        return line < delimiter ? PictureBound(line: line, delimiter: delimiter) : PictureBound(line: position, delimiter: position)
    }

    /// The decision about the picture's end at a delimiter.
    func decision(at bound: PictureBound) -> FrameEnd.Decision {
        end.meetDelimiter(at: bound.line, isLine: bound.isLine) { wholeness(of: $0) }
    }

    /// The decision about the picture's end at the full length; `isUsual` says whether the picture before also had no end of image.
    func decisionAtLength(isUsual: Bool, _ boundary: Boundary) -> FrameEnd.Decision {
        // An FF is the first byte of a marker, so the picture goes on.
        if byte(at: count - 1) == 0xFF || hasForeignTail(count) { return .lookBehind }
        let decision = end.meetLength(isUsual: isUsual) { wholeness(of: count) }
        guard case .end = decision, let scan = walker.scanPosition else { return decision }
        // If the length is too large, a delimiter may be among the bytes.
        return delimiter(from: scan, before: count, boundary) == nil ? decision : .lookBehind
    }

    /// The decision about the picture's end at a line end behind the full length.
    func decisionAtLineEnd(behind length: Int) -> FrameEnd.Decision {
        hasForeignTail(length) ? .lookBehind : end.meetLineEnd { wholeness(of: length) }
    }

    /// Whether the last of the first `length` bytes look like a line end, and the picture is whole without them. Then the length is too
    /// large, and the line end belongs to the delimiter.
    private func hasForeignTail(_ length: Int) -> Bool {
        let line = bound(at: length).line
        return line < length && wholeness(of: line) == .whole
    }

    /// The wholeness of a picture that ends after `length` bytes without an end of image.
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

    /// The end of a picture without a length, if there is a delimiter among the last bytes.
    ///
    /// The bytes are searched only if the last byte may end a delimiter or a header line, which costs next to nothing. This is for cameras
    /// that send nothing behind the delimiter until the next picture, so that the picture does not go out late. An earlier delimiter is
    /// found with the next picture.
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
        // The work stays proportional to the picture's size even if its data contains many delimiters.
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
