/// Pictures that were merged.
extension OpenPicture {
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
                    // A picture without filler is no merged one for the sake of one that would need some.
                    let isAsGood = inner.isPicture && (walker.hasFiller || !inner.hasFiller)
                    if outcome == .end(consumed: whole.count - index), isAsGood { return index }
                }
                index += 1
            }
            return nil
        }
    }
}
