/// How one attempt to read a camera at one of its addresses ended.
package struct Attempt: Equatable, Sendable {
    /// Which of the source's addresses was read, counted from 0.
    package var alternative = 0
    /// Why it ended; `cancelled` where we ended it ourselves.
    package let error: CameraError
    /// Whether at least one frame came.
    package let hadFrames: Bool
}
