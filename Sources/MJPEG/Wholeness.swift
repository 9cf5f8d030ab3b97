/// How complete a picture without an end of image is, as far as its bytes tell.
package enum Wholeness: Int, Hashable, Sendable {
    /// The picture ends before its first scan.
    case headless
    /// The data ends before the last block.
    case cut
    /// The data breaks the rules, so that nobody can tell where the picture ends.
    case damaged
    /// The data is coded in a way that is not checked (progressive, arithmetic, lossless), or whole scans may be missing.
    case unchecked
    /// Every block is there.
    case whole
}

extension Wholeness: Comparable {
    /// Orders by how certainly decoders show all of the picture.
    package static func < (one: Wholeness, other: Wholeness) -> Bool { one.rawValue < other.rawValue }
}
