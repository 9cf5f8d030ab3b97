import MJPEG

/// Where a camera's frames go. All functions are called on the camera's event loop and must not block.
package struct FrameSink: Sendable {
    /// The camera answered with a stream or a picture; called before its first frame, and again, a few times at most, when
    /// something new is learnt of it.
    package let connected: @Sendable (CameraDescription) -> Void
    /// A frame is whole.
    package let frame: @Sendable (Frame) -> Void
    /// The camera was asked and has no other picture than the last one: it is alive.
    package let unchanged: @Sendable () -> Void

    package init(
        connected: @escaping @Sendable (CameraDescription) -> Void, frame: @escaping @Sendable (Frame) -> Void,
        unchanged: @escaping @Sendable () -> Void = {}
    ) {
        self.connected = connected
        self.frame = frame
        self.unchanged = unchanged
    }
}
