import CameraClient
import Glibc
import Synchronization

/// Does slow work, one piece after the other, on a thread of its own behind everything else that wants the processor: checks of
/// passwords, long answers. Any thread may call it.
final class BackgroundWork: Sendable {
    /// Pieces that may wait.
    static let maxWaiting = 32

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var isRunning = false
    }

    private let state = Mutex(State())

    /// Has `piece` done; false where too many wait already. `piece` runs on the thread.
    func add(_ piece: @escaping @Sendable () -> Void) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard state.waiting.count < Self.maxWaiting else { return (false, false) }
            state.waiting.append(piece)
            defer { state.isRunning = true }
            return (true, !state.isRunning)
        }
        guard isFirst else { return isTaken }
        if DetachedThread.start({ self.run() }) { return true }
        state.withLock { state in
            state.isRunning = false
            state.waiting = []
        }
        return false
    }

    /// Works until nothing waits; the thread then ends.
    private func run() {
        // On Linux, the thread's own.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        while let piece = next() { piece() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isRunning = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
