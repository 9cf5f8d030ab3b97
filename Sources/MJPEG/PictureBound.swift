/// A delimiter among a picture's bytes; positions count from the picture's first byte.
struct PictureBound: Hashable, Sendable {
    /// Where the line end before the delimiter begins; equal to `delimiter` where there is no line end.
    let line: Int
    /// Where the delimiter begins.
    let delimiter: Int

    /// Whether a line end comes before the delimiter.
    var isLine: Bool { line < delimiter }
}
