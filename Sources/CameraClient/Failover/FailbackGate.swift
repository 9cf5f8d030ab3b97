import MJPEG
import NIOCore
import Synchronization

/// Where the frames of two cameras meet, of which the first is preferred: from its first frame on, the other's are dropped.
///
/// The sinks are called on the cameras' event loop, the rest from any task.
final class FailbackGate: Sendable {
    private struct State {
        var isOpen = false
        var isDecided = false
        /// Told when the first camera's frames come, not before.
        var description: CameraDescription?
    }

    private let sink: FrameSink
    private let state = Mutex(State())
    private let decided: EventLoopPromise<Void>

    init(_ sink: FrameSink, eventLoop: any EventLoop) {
        self.sink = sink
        decided = eventLoop.makePromise()
    }

    deinit {
        decide()
    }

    /// Whether the first camera has taken over.
    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Where the other camera's frames go.
    var other: FrameSink {
        FrameSink(
            connected: { description in if !self.isOpen { self.sink.connected(description) } },
            frame: { frame in if !self.isOpen { self.sink.frame(frame) } },
            unchanged: { if !self.isOpen { self.sink.unchanged() } },
            isSettled: { self.isOpen || self.sink.isSettled() },
            told: { state, error in if !self.isOpen { self.sink.told(state, error) } },
            ended: sink.ended
        )
    }

    /// Where the first camera's frames go.
    var first: FrameSink {
        FrameSink(
            connected: { description in
                let isOpen = self.state.withLock { state in
                    state.description = description
                    return state.isOpen
                }
                if isOpen { self.sink.connected(description) }
            },
            frame: { self.takeFirst($0) },
            unchanged: { if self.isOpen { self.sink.unchanged() } },
            isSettled: sink.isSettled,
            told: { state, error in if self.isOpen { self.sink.told(state, error) } },
            ended: sink.ended
        )
    }

    /// The other camera has ended.
    func otherEnded() {
        decide()
    }

    /// Returns when the first camera has taken over or the other one has ended.
    func waitUntilDecided() async {
        try? await decided.futureResult.get()
    }

    private func takeFirst(_ frame: Frame) {
        // What a relay before us repeats or puts in does not show that its camera is back.
        guard frame.kind == .live || isOpen else { return }
        let description = state.withLock { state -> CameraDescription? in
            defer { state.isOpen = true }
            return state.isOpen ? nil : state.description
        }
        if let description { sink.connected(description) }
        sink.frame(frame)
        decide()
    }

    private func decide() {
        let isFirst = state.withLock { state in
            defer { state.isDecided = true }
            return !state.isDecided
        }
        if isFirst { decided.succeed() }
    }
}
