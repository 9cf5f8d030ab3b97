import Logging
import NIOCore
import Synchronization

/// One viewer's place: counted while it watches, and told of in the log when it ends. It is given back once; further calls do
/// nothing.
final class Seat: Sendable {
    let source: Source
    let limits: Limits
    private let perAddress: ViewersPerAddress
    private let origin: ViewerOrigin
    /// nil where viewers are not logged.
    private let logger: Logger?
    private let isTaken = Atomic(true)

    /// Takes a place that `limits` and `perAddress` have admitted.
    init(source: Source, limits: Limits, perAddress: ViewersPerAddress, origin: ViewerOrigin, logger: Logger?) {
        self.perAddress = perAddress
        self.source = source
        self.limits = limits
        self.origin = origin
        self.logger = logger
    }

    /// Gives the place back; `viewer` is the one that sat here, nil if its connection failed before.
    func leave(_ viewer: Viewer?) {
        guard isTaken.exchange(false, ordering: .relaxed) else { return }
        limits.viewerLeft(source.name)
        perAddress.left(origin.network, of: source.name)
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
