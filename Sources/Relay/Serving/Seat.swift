import Logging
import NIOCore
import Synchronization

/// One viewer's place: counted while it watches, and told of in the log when it ends. It is given back once; further calls do
/// nothing.
final class Seat: Sendable {
    let source: Source
    let origin: ViewerOrigin
    /// Whether limits of rates and times hold for it.
    let isCapped: Bool
    /// Whether its first frame waits for the moment at which all take one.
    let waitsForSlot: Bool
    /// What it asked for.
    let wishes: ViewerWishes
    /// How long it may watch; nil for as long as it likes.
    let watchTime: WatchTimes.Time?
    private let gate: Gate
    /// nil where viewers are not logged.
    private let logger: Logger?
    private let isTaken = Atomic(true)

    /// A place that `gate` has given.
    init(
        source: Source, gate: Gate, origin: ViewerOrigin, wishes: ViewerWishes, isCapped: Bool, waitsForSlot: Bool,
        watchTime: WatchTimes.Time?, logger: Logger?
    ) {
        self.wishes = wishes
        self.waitsForSlot = waitsForSlot
        self.source = source
        self.gate = gate
        self.origin = origin
        self.isCapped = isCapped
        self.watchTime = watchTime
        self.logger = logger
    }

    var limits: Limits { gate.limits }

    /// Gives the place back; `viewer` is the one that sat here, nil if its connection failed before.
    func leave(_ viewer: Viewer?) {
        guard isTaken.exchange(false, ordering: .relaxed) else { return }
        gate.left(self, viewer)
        guard let viewer else { return }
        logger?.info(
            "viewer ended",
            metadata: [
                "source": "\(source.name)", "address": "\(origin)",
                "seconds": "\((NIODeadline.now() - viewer.since).nanoseconds / 1_000_000_000)",
                "frames_sent": "\(viewer.framesSent)", "frames_skipped": "\(viewer.framesSkipped)",
            ])
    }
}
