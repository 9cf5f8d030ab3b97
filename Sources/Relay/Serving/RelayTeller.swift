import CameraClient
import NIOCore

/// What a relay that watches a source is told besides frames: how the camera is, and that its picture still holds.
///
/// Bound to its connection's event loop.
final class RelayTeller {
    /// How often it is looked whether there is something to tell.
    static let interval = TimeAmount.milliseconds(200)

    private let source: Source
    private let chain: [String]
    private var toldState = ""
    private var toldPatience = ""
    private var lastSequence: UInt64 = 0
    private var lastArrival: NIODeadline?
    private var isCounted = false

    init(_ source: Source, chain: [String]) {
        self.source = source
        self.chain = chain
    }

    /// The relay watches from now on.
    func begin() {
        isCounted = true
        source.chain.begin(chain)
    }

    /// It watches no more.
    func end() {
        guard isCounted else { return }
        isCounted = false
        source.chain.end(chain)
    }

    /// Whether a frame is one that the relay has not got.
    func takes(_ newest: Hub.Newest) -> Bool {
        guard newest.sequence > lastSequence else { return false }
        (lastSequence, lastArrival) = (newest.sequence, newest.arrival)
        return true
    }

    /// The next text, nil where there is nothing new.
    func next() -> String? {
        let patience = RelayWire.text(ofPatience: max(1, Int(source.hub.policy.stallTimeout.nanoseconds / 1_000_000_000)))
        if patience != toldPatience {
            toldPatience = patience
            return patience
        }
        let state = state
        if state != toldState {
            toldState = state
            return state
        }
        guard let newest = source.hub.newest, newest.sequence == lastSequence, let lastArrival, newest.arrival > lastArrival else {
            return nil
        }
        self.lastArrival = newest.arrival
        return RelayWire.unchanged
    }

    private var state: String {
        let status = source.status
        if let opening = status.closedUntil {
            return RelayWire.text(state: SourceState.closed.rawValue, code: "hours", sentence: "closed until \(opening)")
        }
        let error = status.state.isWell ? nil : status.lastError
        return RelayWire.text(state: status.state.rawValue, code: error?.code, sentence: error?.publicDescription)
    }
}

@available(*, unavailable) extension RelayTeller: Sendable {}
