/// A place in a file: line and column (in characters), both counted from 1 as editors do; line 0 is the file as a whole.
struct Place: Hashable, Comparable, Sendable {
    var line: Int
    var column: Int
    /// Which file: 0 is the configuration itself, the others are those that it includes, in the order in which they are read.
    var file = 0

    /// The first character of a file.
    static let start = Place(line: 1, column: 1)

    static func < (left: Place, right: Place) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
