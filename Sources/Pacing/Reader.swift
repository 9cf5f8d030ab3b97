/// What the other side's window tells of whoever reads there: bytes that have come to its kernel and that nobody reads, as at a
/// slow reader, or at a proxy whose own buffers are full.
struct Reader: Sendable {
    /// The greatest room that there was of late.
    private var greatest = 0
    /// Bytes that had been read at the last word with unread ones; nil if there were none.
    private var before: (read: Int, at: Nanoseconds)?
    /// Nanoseconds in which it reads a byte.
    private var perByte = 0.0
    /// When it is reckoned to have read enough for another frame.
    private(set) var clearAt: Nanoseconds = 0

    /// Takes the window that came with a word; `received` are the bytes that the other side has, `frame` those of the last frame.
    ///
    /// A receiver tells of new room only with its next word, so that the window is true for that moment only. What may be the last
    /// frame, or is little beside the buffer, is not counted.
    mutating func take(window: Int?, received: Int, frame: Int, at wordAt: Nanoseconds) {
        guard let window, window >= 0 else { return }
        if let before, before.at == wordAt { return }
        // It may shrink for other reasons, so that the greatest is forgotten slowly.
        greatest = max(window, greatest - greatest / 4096)
        let unread = greatest - window
        let most = max(frame + frame / 2, greatest / 16)
        let read = received - unread
        if let before, read > before.read, wordAt > before.at {
            let sample = Double(wordAt - before.at) / Double(read - before.read)
            perByte = perByte == 0 ? sample : perByte + (sample - perByte) / 4
        }
        before = unread > most / 2 ? (read, wordAt) : nil
        clearAt = unread > most ? wordAt + min(Nanoseconds(reckoned: Double(unread - frame / 2) * perByte), 1_000_000_000) : 0
    }

    /// A frame is sent to it.
    mutating func sent(_ bytes: Int, at now: Nanoseconds) {
        if before != nil { clearAt = max(clearAt, now) + min(Nanoseconds(reckoned: Double(bytes) * perByte), 1_000_000_000) }
    }
}
