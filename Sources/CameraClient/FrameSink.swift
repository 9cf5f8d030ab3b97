import MJPEG

/// Where a camera's frames go. Both functions are called on the camera's event loop and must not block.
package struct FrameSink: Sendable {
    /// The camera answered with a stream; called before its first frame.
    package let connected: @Sendable (CameraDescription) -> Void
    /// A frame is whole.
    package let frame: @Sendable (Frame) -> Void

    package init(connected: @escaping @Sendable (CameraDescription) -> Void, frame: @escaping @Sendable (Frame) -> Void) {
        self.connected = connected
        self.frame = frame
    }
}
