/// Where a picture's first bytes were found.
enum PictureStart: Sendable {
    /// Behind a part's header; `skipped` bytes of the part's body stand before the picture.
    case part(PartHeader, skipped: Int)
    /// Outside of parts.
    case bare
}
