import Synchronization

/// What one source holds of the process's descriptors during a dial, or a message while it is under way. One dial at a time has it.
final class DescriptorClaim: Sendable {
    /// How long a source that finds no room waits before it asks again.
    static let interval = Duration.milliseconds(200)

    private struct State {
        var held = 0
        var isWaiting = false
    }

    private let descriptors: Descriptors
    /// Whether its waiting is told as that of a camera.
    private let isCamera: Bool
    private let state = Mutex(State())

    init(_ descriptors: Descriptors, isCamera: Bool = true) {
        self.descriptors = descriptors
        self.isCamera = isCamera
    }

    /// Takes what a dial needs at its start; false where there is no room for it: ask again after ``interval``, or ``release()``.
    func take(_ need: SourceNeeds.Need) -> Bool {
        state.withLock { state in
            let isGranted = descriptors.claim(need.atStart)
            if isGranted { state.held += need.atStart }
            if isCamera, state.isWaiting == isGranted {
                state.isWaiting.toggle()
                descriptors.countWaiting(isGranted ? -1 : 1)
            }
            return isGranted
        }
    }

    /// Gives back what only the start needed.
    func started(_ need: SourceNeeds.Need) { shrink(to: need.running) }

    /// Gives all back, and waits no longer.
    func release() {
        shrink(to: 0)
        state.withLock { state in
            if state.isWaiting { descriptors.countWaiting(-1) }
            state.isWaiting = false
        }
    }

    private func shrink(to count: Int) {
        state.withLock { state in
            guard state.held > count else { return }
            descriptors.release(state.held - count)
            state.held = count
        }
    }
}
