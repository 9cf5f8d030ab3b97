import CameraClient
import NIOCore

/// The state of a source at one moment.
package struct SourceStatus: Sendable {
    package var state = SourceState.connecting
    /// When the state last changed.
    package var since: NIODeadline
    /// Why the last dial ended; nil while none has ended.
    package var lastError: CameraError?
    /// How the last attempt at each address ended, by the address's place in the list; empty before the first end.
    package var attempts: [Int: Attempt] = [:]
    /// The address that brings the frames, by its place in the list; nil while no address brings any.
    package var alternative: Int?
    /// The address that last brought frames.
    package var lastAlternative: Int?
    /// When the next dial is due, while the source waits.
    package var nextDial: NIODeadline?
    /// When the source opens again, in words; nil while it is open.
    package var closedUntil: String?
    /// Dials that brought at least one frame.
    package var connects: UInt64 = 0
    package var framesReceived: UInt64 = 0
    /// Bytes of the frames' JPEGs.
    package var bytesReceived: UInt64 = 0
    /// The description of the camera, since the last connect.
    package var camera: CameraDescription?

    /// The source has another camera now: forgets everything about the old camera.
    mutating func forgetCamera() {
        attempts = [:]
        (alternative, lastAlternative) = (nil, nil)
        lastError = nil
        camera = nil
    }
}
