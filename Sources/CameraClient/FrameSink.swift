import MJPEG
import Synchronization

/// Where a camera's frames go. All functions but `ended` are called on the camera's event loop and must not block.
package struct FrameSink: Sendable {
    /// The camera answered with a stream or a picture; called before its first frame, and again when something new is
    /// learnt of it: a few times for what is odd, a few times a second at most while pictures are dropped.
    package var connected: @Sendable (CameraDescription) -> Void
    /// A frame is whole.
    package var frame: @Sendable (Frame) -> Void
    /// The camera was asked and its picture is still the last one: it is alive.
    package var unchanged: @Sendable () -> Void
    /// What a relay that is read says of its own camera: the name of a state, and the reason.
    package var told: @Sendable (String, CameraError?) -> Void
    /// Whether all who want the last frame have been offered it; a frame that comes before is better held a moment than
    /// put in its place.
    package var isSettled: @Sendable () -> Bool
    /// An attempt to read the camera is over; called on any thread.
    package var ended: @Sendable (Attempt) -> Void

    package init(
        connected: @escaping @Sendable (CameraDescription) -> Void, frame: @escaping @Sendable (Frame) -> Void,
        unchanged: @escaping @Sendable () -> Void = {}, isSettled: @escaping @Sendable () -> Bool = { true },
        told: @escaping @Sendable (String, CameraError?) -> Void = { _, _ in },
        ended: @escaping @Sendable (Attempt) -> Void = { _ in }
    ) {
        self.connected = connected
        self.frame = frame
        self.unchanged = unchanged
        self.isSettled = isSettled
        self.told = told
        self.ended = ended
    }

    /// The same sink for one address of several: its attempts and descriptions say which.
    func of(alternative: Int) -> FrameSink {
        var sink = self
        sink.connected = { [connected] description in
            var description = description
            description.alternative = alternative
            connected(description)
        }
        sink.ended = { [ended] attempt in
            var attempt = attempt
            attempt.alternative = alternative
            ended(attempt)
        }
        return sink
    }

    /// Makes one attempt with this sink, and reports its end.
    package func attempt(_ read: (FrameSink) async throws(CameraError) -> Void) async throws(CameraError) {
        let hadFrames = Flag()
        var sink = self
        sink.frame = { [frame] next in
            hadFrames.raise()
            frame(next)
        }
        do throws(CameraError) {
            try await read(sink)
            ended(Attempt(error: .ended, hadFrames: hadFrames.isRaised))
        } catch {
            ended(Attempt(error: error, hadFrames: hadFrames.isRaised))
            throw error
        }
    }
}

/// Something that happens at most once and is remembered; any thread.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    func raise() {
        value.store(true, ordering: .relaxed)
    }
}
