/// One camera, connected as often as it takes.
package protocol Camera: Sendable {
    /// Connects and passes frames to `sink` until the stream ends, for whatever reason; cancellation ends it too.
    ///
    /// Called again for the next connection; what was learnt (a login's challenge) is kept in between.
    mutating func stream(to sink: FrameSink) async throws(CameraError)
}
