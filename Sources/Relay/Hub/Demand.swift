import NIOCore
import Synchronization

/// Who wants a source's frames: its stream viewers, and for a moment those who take a snapshot.
///
/// Any thread may call it. An on-demand source connects its camera while ``isWanted(at:linger:)``.
final class Demand: Sendable {
    private struct State {
        var viewers = 0
        /// How many viewers want at most so many frames a second, of those who do not want all.
        var limits: [Double: Int] = [:]
        /// The most that a viewer wants, or wanted before the last one left; nil for all.
        var maxFPS: Double?
        /// Viewers turned away so far.
        var refused: UInt64 = 0
        var lastLeft: NIODeadline?
        /// Snapshots that wait for a frame.
        var snapshots = 0
        /// Until when the last snapshot holds the camera.
        var snapshotUntil: NIODeadline?

        mutating func reckon() {
            maxFPS = limits.values.reduce(0, +) == viewers ? limits.keys.max() : nil
        }
    }

    private let state = Mutex(State())
    /// Rings whenever somebody comes or goes.
    let changes = Bell()
    /// Rings whenever somebody comes.
    let arrivals = Bell()

    /// A viewer came, who wants at most so many frames a second; nil for all.
    func viewerCame(maxFPS: Double? = nil) {
        state.withLock { state in
            state.viewers += 1
            if let maxFPS { state.limits[maxFPS, default: 0] += 1 }
            state.reckon()
        }
        changes.ring()
        arrivals.ring()
    }

    /// A viewer left, of whom the same was said when it came.
    func viewerLeft(at now: NIODeadline = .now(), maxFPS: Double? = nil) {
        state.withLock { state in
            state.viewers -= 1
            state.lastLeft = now
            if let maxFPS, let count = state.limits[maxFPS] { state.limits[maxFPS] = count > 1 ? count - 1 : nil }
            // Whatever still comes while nobody is there need not be more than before.
            if state.viewers > 0 { state.reckon() }
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

    /// The most frames a second that anybody wants; nil for all. A snapshot wants the next frame as soon as can be.
    var maxFPS: Double? { state.withLock { $0.snapshots > 0 ? nil : $0.maxFPS } }

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
