import Synchronization

/// Something that is open until it is closed, once and for ever; any thread.
final class FrameGate: Sendable {
    private let isShut = Atomic(false)

    var isOpen: Bool { !isShut.load(ordering: .acquiring) }

    func close() {
        isShut.store(true, ordering: .releasing)
    }
}
