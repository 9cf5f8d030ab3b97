/// Where a picture's first bytes were found.
enum PictureStart: Sendable {
    /// Behind a part's header; `skipped` bytes of the part's body come before the picture.
    case part(PartHeader, skipped: Int)
    /// Outside of parts.
    case bare

    /// The part's header (empty outside of parts), and the number of bytes of the part's body before the picture.
    var place: (header: PartHeader, skipped: Int) {
        switch self {
        case .part(let header, let skipped): (header, skipped)
        case .bare: (PartHeader(), 0)
        }
    }
}
