import MJPEG

/// Decides when there is something new to tell of a camera: once for each new oddity, and not for ever.
struct DescriptionNews {
    /// How often one connection's description changes at most.
    private static let maxChanges = 8

    private var told: Quirks
    private var changes = 0

    /// Begins with what is known of `reader` now, which is told already.
    init(told reader: StreamReader) {
        told = reader.quirks
    }

    /// What is to be told now; nil where there is nothing new.
    mutating func next(_ reader: StreamReader) -> CameraDescription? {
        guard reader.quirks != told, changes < Self.maxChanges else { return nil }
        told = reader.quirks
        changes += 1
        return reader.description
    }
}
