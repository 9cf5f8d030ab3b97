import Logging
import NIOCore

/// One viewer's place: counted while it watches, and told of in the log when it ends. ``leave(_:)`` gives it back, once.
struct Seat: Sendable {
    let source: Source
    let limits: Limits
    let origin: Viewer.Origin
    /// nil where viewers are not logged.
    let logger: Logger?

    /// Gives the place back; `viewer` is the one that sat here.
    func leave(_ viewer: Viewer) {
        limits.viewerLeft(source.name)
        logger?.info(
            "viewer ended",
            metadata: [
                "source": "\(source.name)", "address": "\(origin)",
                "seconds": "\((NIODeadline.now() - viewer.since).nanoseconds / 1_000_000_000)",
                "frames_sent": "\(viewer.framesSent)", "frames_skipped": "\(viewer.framesSkipped)",
            ])
    }
}
