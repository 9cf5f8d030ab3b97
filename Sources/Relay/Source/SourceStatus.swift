import CameraClient
import NIOCore

/// What is known of a source at one moment.
package struct SourceStatus: Sendable {
    package var state = SourceState.connecting
    /// When the state last changed.
    package var since: NIODeadline
    /// Why the last dial ended, nil while it never did.
    package var lastError: CameraError?
    /// How the last attempt at each of the source's addresses ended, by the address's place; empty before the first end.
    package var attempts: [Int: Attempt] = [:]
    /// Which address the frames come from, by its place; nil while they come from none.
    package var alternative: Int?
    /// Which address they came from last.
    package var lastAlternative: Int?
    /// When the next dial is due, while the source waits.
    package var nextDial: NIODeadline?
    /// When the source opens again, as people say it; nil while it is open.
    package var closedUntil: String?
    /// Dials that brought at least one frame.
    package var connects: UInt64 = 0
    package var framesReceived: UInt64 = 0
    /// Bytes of the frames' JPEGs.
    package var bytesReceived: UInt64 = 0
    /// What the camera turned out to be, since the last connect.
    package var camera: CameraDescription?

    /// The camera is another one: what was known of the old one does not hold.
    mutating func forgetCamera() {
        attempts = [:]
        (alternative, lastAlternative) = (nil, nil)
        lastError = nil
        camera = nil
    }
}
