/// What a set of viewers got so far.
package struct ViewerTotals: Equatable, Sendable {
    /// Viewers connected now.
    package var viewers = 0
    /// Frames handed to the kernel, each viewer's counted.
    package var framesSent: UInt64 = 0
    /// Frames not sent to a viewer that was behind.
    package var framesSkipped: UInt64 = 0
    /// Bytes of those frames, headers and delimiters included.
    package var bytesSent: UInt64 = 0

    mutating func add(_ other: ViewerTotals) {
        viewers += other.viewers
        framesSent += other.framesSent
        framesSkipped += other.framesSkipped
        bytesSent += other.bytesSent
    }
}
