/// Where a picture's first bytes were found.
enum PictureStart: Sendable {
    /// Behind a part's header; `skipped` bytes of the part's body stand before the picture.
    case part(PartHeader, skipped: Int)
    /// Outside of parts.
    case bare

    /// The part's header, an empty one outside of parts, and the bytes of its body before the picture.
    var place: (header: PartHeader, skipped: Int) {
        switch self {
        case .part(let header, let skipped): (header, skipped)
        case .bare: (PartHeader(), 0)
        }
    }
}
