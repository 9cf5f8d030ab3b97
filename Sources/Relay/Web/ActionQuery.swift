import Text

/// What mjpg-streamer's clients ask for with `?action=`, in whatever spelling.
///
/// Time-lapse programs save any answer as a picture, so a misspelt request for a picture must not lead to a page. Encoded signs, other
/// cases and separators, blanks, quotes and bytes around the words are read as the program meant them. A request that is still unclear is
/// told from a request without `action`.
enum ActionQuery {
    /// How often a text may be encoded: some programs encode an address that is encoded already, once or twice.
    private static let maxEncodings = 3

    /// The word behind `action`, in small letters, without `_0`, the name of mjpg-streamer's first input. Empty if a picture is asked for
    /// in an unknown form; nil if no picture is asked for.
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

    /// Undoes the percent-encoding, also if the text was encoded several times.
    static func decoded(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0..<maxEncodings where text.contains(UInt8(ascii: "%")) { text = PercentCoding.decode(text) }
        return text
    }

    /// The beginning of a query within a path, where the question mark is encoded or another separator stands in its place, and the path
    /// before the query; nil if there is no such query.
    static func split(_ part: some Collection<UInt8>) -> (path: [UInt8], tail: [UInt8])? {
        var text = Array(part)
        for _ in 0...maxEncodings {
            // No word of the relay's paths contains or begins with one of these.
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
