import Synchronization

/// A gate that is open until it is closed for good; any thread may use it.
final class FrameGate: Sendable {
    private let isShut = Atomic(false)

    var isOpen: Bool { !isShut.load(ordering: .acquiring) }

    func close() {
        isShut.store(true, ordering: .releasing)
    }
}
