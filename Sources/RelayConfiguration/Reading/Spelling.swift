/// Words in problems: what may be repeated, and what was probably meant.
enum Spelling {
    /// ` 'word'` where the text looks like a key or a name; nothing for any other text, which might be a login in the wrong place.
    static func quoted(_ word: String) -> String {
        let isWord =
            word.utf8.count <= 64
            && word.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-<".unicodeScalars.contains($0))
            }
        return isWord ? " '\(word)'" : ""
    }

    /// The known word that is most like `word`, if they differ by one or two slips; case, and `-` for `_`, are no slips.
    static func closest(to word: String, among known: [String]) -> String? {
        let normalized = Array(word.lowercased().utf8.prefix(41)).map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
        guard normalized.count <= 40 else { return nil }
        let limit = max(1, min(3, normalized.count / 3))
        return known.filter { abs($0.utf8.count - normalized.count) <= limit }
            .map { (word: $0, distance: distance(normalized, Array($0.utf8))) }
            .filter { $0.distance <= limit }
            .min { $0.distance < $1.distance }?.word
    }

    /// How many letters must be added, taken away, replaced or swapped with their neighbour to get from one to the other.
    static func distance(_ from: [UInt8], _ to: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...to.count)
        for (row, letter) in from.enumerated() {
            var current = [row + 1]
            for (column, other) in to.enumerated() {
                var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == to[column - 1], from[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[to.count]
    }
}
