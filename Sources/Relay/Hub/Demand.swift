import NIOCore
import Synchronization

/// Who wants a source's frames: its stream viewers, and for a moment those who take a snapshot.
///
/// Any thread may call it. An on-demand source connects its camera while ``isWanted(at:linger:)``.
final class Demand: Sendable {
    private struct State {
        var viewers = 0
        /// Viewers turned away so far.
        var refused: UInt64 = 0
        var lastLeft: NIODeadline?
        /// Snapshots that wait for a frame.
        var snapshots = 0
        /// Until when the last snapshot holds the camera.
        var snapshotUntil: NIODeadline?
    }

    private let state = Mutex(State())
    /// Rings whenever somebody comes or goes.
    let changes = Bell()
    /// Rings whenever somebody comes.
    let arrivals = Bell()

    func viewerCame() {
        state.withLock { $0.viewers += 1 }
        changes.ring()
        arrivals.ring()
    }

    func viewerLeft(at now: NIODeadline = .now()) {
        state.withLock { state in
            state.viewers -= 1
            state.lastLeft = now
        }
        changes.ring()
    }

    /// A viewer was turned away, since all places are taken.
    func viewerRefused() { state.withLock { $0.refused += 1 } }

    /// Viewers turned away so far.
    var refused: UInt64 { state.withLock { $0.refused } }

    /// A snapshot waits for a frame; ``snapshotEnded(holdUntil:)`` follows.
    func snapshotBegan() {
        state.withLock { $0.snapshots += 1 }
        changes.ring()
        arrivals.ring()
    }

    /// A snapshot has its frame, or none; it holds the camera a little longer, for the next one.
    func snapshotEnded(holdUntil deadline: NIODeadline) {
        state.withLock { state in
            state.snapshots -= 1
            state.snapshotUntil = max(state.snapshotUntil ?? deadline, deadline)
        }
        changes.ring()
    }

    /// Whether somebody wants frames at `now`, or did less than `linger` ago.
    func isWanted(at now: NIODeadline, linger: TimeAmount) -> Bool {
        end(linger: linger).map { now < $0 } ?? true
    }

    /// When nobody will want frames any more, nil while a viewer or a waiting snapshot is there.
    func end(linger: TimeAmount) -> NIODeadline? {
        state.withLock { state in
            guard state.viewers == 0, state.snapshots == 0 else { return nil }
            return max(state.lastLeft.map { $0 + linger } ?? .distantPast, state.snapshotUntil ?? .distantPast)
        }
    }
}
