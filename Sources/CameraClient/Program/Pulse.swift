import NIOCore
import Synchronization

/// Watches that frames keep coming from where no connection's event loop can watch.
final class Pulse: Sendable {
    /// The longest time after which the limit is looked at again, since a reload may change it.
    private static let maxWait = TimeAmount.seconds(1)

    private let stallTimeout: @Sendable () -> Duration
    private let eventLoop: any EventLoop
    private let last = Mutex(NIODeadline.now())

    /// Begins to count now.
    init(eventLoop: any EventLoop, stallTimeout: @escaping @Sendable () -> Duration) {
        self.stallTimeout = stallTimeout
        self.eventLoop = eventLoop
    }

    /// A frame came.
    func beat() {
        last.withLock { $0 = .now() }
    }

    /// Returns when no frame has come for too long, or when the task is cancelled.
    func stalled() async -> CameraError {
        while true {
            let limit = stallTimeout()
            let now = NIODeadline.now()
            let due = last.withLock { $0 } + TimeAmount(limit)
            guard due > now else { return .stalled(after: limit) }
            do {
                try await eventLoop.wait(until: min(due, now + Self.maxWait))
            } catch {
                return .cancelled
            }
        }
    }
}
