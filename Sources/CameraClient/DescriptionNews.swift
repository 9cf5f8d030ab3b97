import MJPEG
import NIOCore

/// Decides when there is something new to tell of a camera: once for each new oddity, and not for ever; now and then how many
/// pictures were dropped.
struct DescriptionNews {
    /// How often one connection's oddities are told at most.
    private static let maxChanges = 8
    /// The shortest time between two reports of how many pictures were dropped.
    private static let countInterval = TimeAmount.milliseconds(250)

    private var told: Quirks
    private var changes = 0
    private var toldDropped: Int
    private var nextCount = NIODeadline.distantPast

    /// Begins with the present state of `reader`, which the sink has been told.
    init(told reader: StreamReader) {
        told = reader.quirks
        toldDropped = reader.picturesDropped
    }

    /// What is to be told now; nil where there is nothing new. `isLast` where nobody will ask again.
    mutating func next(_ reader: StreamReader, isLast: Bool = false) -> CameraDescription? {
        let isOdd = reader.quirks != told && changes < Self.maxChanges
        guard isOdd || reader.picturesDropped != toldDropped && (isLast || nextCount <= .now()) else { return nil }
        if isOdd { changes += 1 }
        told = reader.quirks
        toldDropped = reader.picturesDropped
        nextCount = .now() + Self.countInterval
        return reader.description
    }
}
