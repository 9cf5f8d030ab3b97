import Text

/// What mjpg-streamer's clients ask for with `?action=`, in whatever spelling.
///
/// Time-lapse programs save whatever answer they get as a picture, so that no question that is nearly right may lead to a page: signs
/// that are encoded (also more than once), other cases and separators, blanks, quotes and bytes around the words are read as what they
/// are meant to be, and what remains unclear is told from no question at all.
enum ActionQuery {
    /// Programs that encode an address which is encoded already do so once, or twice.
    private static let maxEncodings = 3

    /// The word behind `action`, in small letters, without the `_0` that names the first input, the only one here; empty where something
    /// asks for a picture in no form that is known; nil where nothing does.
    ///
    /// - Parameter tail: all that stands behind a target's path.
    static func word(in tail: some Collection<UInt8>) -> String? {
        guard !tail.isEmpty else { return nil }
        var isUnclear = false
        for piece in decoded(Array(tail)).split(whereSeparator: { "&;?#".utf8.contains($0) }) {
            let piece = piece.drop { !$0.isAlphanumeric }
            let rest = piece.dropFirst("action".utf8.count)
            guard ASCII.starts(piece, with: "action") else {
                isUnclear = isUnclear || asksWithoutAction(piece)
                continue
            }
            if let next = rest.first, next.isAlphanumeric {
                isUnclear = isUnclear || isPicture(word(of: rest), orBeginsWithOne: true)
            } else {
                return word(of: rest)
            }
        }
        return isUnclear ? "" : nil
    }

    /// Undoes the encoding, as often as it was done.
    static func decoded(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0..<maxEncodings where text.contains(UInt8(ascii: "%")) { text = PercentCoding.decode(text) }
        return text
    }

    /// Where a query begins in a path whose question mark is encoded or is another separator, and the path before it; nil for none.
    static func split(_ part: some Collection<UInt8>) -> (path: [UInt8], tail: [UInt8])? {
        var text = Array(part)
        for _ in 0...maxEncodings {
            // No name of a path has or begins with one of these.
            if let mark = text.firstIndex(of: UInt8(ascii: "?")) { return (Array(text[..<mark]), Array(text[(mark + 1)...])) }
            if let first = text.first, "&;".utf8.contains(first) { return ([], Array(text.dropFirst())) }
            guard text.contains(UInt8(ascii: "%")) else { return nil }
            text = PercentCoding.decode(text)
        }
        return nil
    }

    /// Whether a piece of a query names a picture by itself, as `snapshot`, `cmd=stream` or `snapshot.jpg`.
    private static func asksWithoutAction(_ piece: ArraySlice<UInt8>) -> Bool {
        let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        // The key of a link may have any name.
        guard let name = halves.first, !ASCII.equal(name, "key") else { return false }
        return halves.contains { isPicture(word(of: $0), orBeginsWithOne: false) }
    }

    private static func isPicture(_ word: String, orBeginsWithOne: Bool) -> Bool {
        ["snapshot", "stream"].contains { word == $0 || (orBeginsWithOne && word.hasPrefix($0)) }
    }

    /// The first letters and digits.
    private static func word(of text: ArraySlice<UInt8>) -> String {
        let word = text.drop { !$0.isAlphanumeric }.prefix { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
        let text = String(decoding: word, as: UTF8.self).lowercased()
        return text.hasSuffix("_0") ? String(text.dropLast(2)) : text
    }
}
