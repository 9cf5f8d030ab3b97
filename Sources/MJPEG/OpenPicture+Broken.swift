/// What is looked for in a picture that is broken.
extension OpenPicture {
    /// Where a delimiter begins, between the start of image and `end`.
    func delimiter(before end: Int, _ boundary: Boundary) -> Int? {
        let start = JPEGWalker.start.count
        guard end > start else { return nil }
        var scanner = DelimiterScanner()
        let (find, scanned) = withBytes { bytes in
            scanner.scan(bytes.first(end).rest(from: start), for: .parts, boundary: boundary)
        }
        switch find {
        case .nothing, .startOfImage: return nil
        case .delimiter: return start + scanned - boundary.pattern.count
        case .dashes: return start + scanned - 2
        case .field: return start + scanned - DelimiterScanner.field.utf8CodeUnitCount
        case .bareLine: return start + scanned - boundary.bareLine.count
        }
    }

    /// Where the picture begins in which the walk ended, where that is another than the one in which it began.
    func mergedStart() -> Int? {
        guard let scan = walker.scanPosition, walker.position <= count, scan <= walker.position else { return nil }
        return withBytes { bytes in
            let whole = bytes.first(walker.position)
            let head = whole.first(scan)
            var index = JPEGWalker.start.count
            // A picture holds one or two thumbnails; more tries would only serve an attacker.
            var tries = 16
            while tries > 0, index + 2 < scan, let hit = head.position(of: 0xFF, from: index) {
                index = hit
                if index + 2 < whole.count, whole[index + 1] == 0xD8, whole[index + 2] == 0xFF {
                    tries -= 1
                    var inner = JPEGWalker()
                    let outcome = inner.walk(whole.rest(from: index))
                    if outcome == .end(consumed: whole.count - index), inner.isPicture { return index }
                }
                index += 1
            }
            return nil
        }
    }
}
