/// A place in a file: line and column (in characters), both counted from 1 as editors do.
struct Place: Hashable, Comparable, Sendable {
    var line: Int
    var column: Int

    /// The first character of a file.
    static let start = Place(line: 1, column: 1)

    static func < (left: Place, right: Place) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
