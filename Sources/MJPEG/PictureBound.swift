/// A delimiter that stands in a picture's bytes; the positions are those of the bytes.
struct PictureBound: Hashable, Sendable {
    /// Where the line end before the delimiter begins; `delimiter` where there is none.
    let line: Int
    /// Where the delimiter begins.
    let delimiter: Int

    /// Whether a line end stands before the delimiter.
    var isLine: Bool { line < delimiter }
}
