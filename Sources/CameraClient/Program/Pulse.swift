import NIOCore
import Synchronization

/// Watches that frames keep coming from where no connection's event loop can watch.
final class Pulse: Sendable {
    private let limit: Duration
    private let eventLoop: any EventLoop
    private let last = Mutex(NIODeadline.now())

    /// Begins to count now.
    init(limit: Duration, eventLoop: any EventLoop) {
        self.limit = limit
        self.eventLoop = eventLoop
    }

    /// A frame came.
    func beat() {
        last.withLock { $0 = .now() }
    }

    /// Returns when no frame has come for too long, or when the task is cancelled.
    func stalled() async -> CameraError {
        while true {
            let due = last.withLock { $0 } + TimeAmount(limit)
            guard due > .now() else { return .stalled(after: limit) }
            do {
                try await eventLoop.wait(until: due)
            } catch {
                return .cancelled
            }
        }
    }
}
