import Synchronization

/// The descriptors that a source holds during a dial, or a notice while it is under way. Only one dial at a time uses the claim.
final class DescriptorClaim: Sendable {
    /// How long a source waits before it asks again when there are not enough descriptors.
    static let interval = Duration.milliseconds(200)

    private struct State {
        var held = 0
        var isWaiting = false
    }

    private let descriptors: Descriptors
    /// Whether the waiting of this claim is logged as that of a camera.
    private let isCamera: Bool
    private let state = Mutex(State())

    init(_ descriptors: Descriptors, isCamera: Bool = true) {
        self.descriptors = descriptors
        self.isCamera = isCamera
    }

    /// Takes the descriptors that a dial needs at its start; false where there are not enough: ask again after ``interval``, or call
    /// ``release()``.
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

    /// Gives back the descriptors that only the start needed.
    func started(_ need: SourceNeeds.Need) { shrink(to: need.running) }

    /// Gives all descriptors back, and ends the waiting.
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
