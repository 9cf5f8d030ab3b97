/// How much of a picture is there, as far as its bytes tell before an end of image.
package enum Wholeness: Int, Hashable, Sendable {
    /// It ends before its first scan.
    case headless
    /// Its data ends before the last block.
    case cut
    /// Its data breaks the rules, so that nobody can tell where the picture ends.
    case damaged
    /// Its data is coded in a way that is not checked here (progressive, arithmetic, lossless), or whole scans may be missing.
    case unchecked
    /// Every block of it is there.
    case whole
}

extension Wholeness: Comparable {
    /// Orders by how sure it is that decoders show all of the picture.
    package static func < (one: Wholeness, other: Wholeness) -> Bool { one.rawValue < other.rawValue }
}
