/// What is wanted of a publisher.
enum FrameWish: Equatable, Sendable {
    case nothing
    /// Frames, at most so many a second; nil for all.
    case frames(maxFPS: Double?)
}
