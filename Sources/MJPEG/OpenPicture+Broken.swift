/// Pictures that were merged.
extension OpenPicture {
    /// Where the second picture begins, if the walk began in one picture and ended in another.
    func mergedStart() -> Int? {
        guard let scan = walker.scanPosition, walker.position <= count, scan <= walker.position else { return nil }
        return withBytes { bytes in
            let whole = bytes.first(walker.position)
            let head = whole.first(scan)
            var index = JPEGWalker.start.count
            // A picture has one or two thumbnails; more tries would only serve an attacker.
            var tries = 16
            while tries > 0, index + 2 < scan, let hit = head.position(of: 0xFF, from: index) {
                index = hit
                if index + 2 < whole.count, whole[index + 1] == 0xD8, whole[index + 2] == 0xFF {
                    tries -= 1
                    var inner = JPEGWalker()
                    let outcome = inner.walk(whole.rest(from: index))
                    // A picture without filler does not count as merged with a second picture that would need filler.
                    let isAsGood = inner.isPicture && (walker.hasFiller || !inner.hasFiller)
                    if outcome == .end(consumed: whole.count - index), isAsGood { return index }
                }
                index += 1
            }
            return nil
        }
    }
}
