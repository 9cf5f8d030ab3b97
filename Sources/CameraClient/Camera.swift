/// One camera: an object with a memory, which its source owns for as long as the camera and its login are the same.
///
/// It outlives dials, cancellation, and the sleep of an on-demand source: what one dial has learnt (how to log in, which address
/// works) the next one knows.
package protocol Camera: AnyObject, Sendable {
    /// Connects and passes frames to `sink` until the stream ends, for whatever reason; cancellation ends it too.
    ///
    /// One task at a time may call it, again and again. How each attempt ended is told to the sink's `ended` as well.
    func stream(to sink: FrameSink) async throws(CameraError)
}
