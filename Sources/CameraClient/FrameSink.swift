import MJPEG

/// Where a camera's frames go. All functions are called on the camera's event loop and must not block.
package struct FrameSink: Sendable {
    /// The camera answered with a stream or a picture; called before its first frame, and again when something new is
    /// learnt of it: a few times for what is odd, a few times a second at most while pictures are dropped.
    package let connected: @Sendable (CameraDescription) -> Void
    /// A frame is whole.
    package let frame: @Sendable (Frame) -> Void
    /// The camera was asked and has no other picture than the last one: it is alive.
    package let unchanged: @Sendable () -> Void
    /// Whether all who want the last frame have been offered it; a frame that comes before is better held a moment than
    /// put in its place.
    package let isSettled: @Sendable () -> Bool

    package init(
        connected: @escaping @Sendable (CameraDescription) -> Void, frame: @escaping @Sendable (Frame) -> Void,
        unchanged: @escaping @Sendable () -> Void = {}, isSettled: @escaping @Sendable () -> Bool = { true }
    ) {
        self.connected = connected
        self.frame = frame
        self.unchanged = unchanged
        self.isSettled = isSettled
    }
}
