/// The state of a source, as the status shows it.
package enum SourceState: String, Equatable, Sendable, CaseIterable {
    /// Not enabled: the camera is not read.
    case off
    /// Outside of the source's hours: the camera is not read.
    case closed
    /// On demand, and nobody watches.
    case idle
    /// Looking up, connecting, logging in, or waiting for the first frame.
    case connecting
    /// Frames flow.
    case streaming
    /// Connected, but no frame for `stall_timeout`; dialled again.
    case stalled
    /// Backing off before the next dial.
    case waiting
    /// The camera said no (login, address, not a camera); dialled again after a longer wait.
    case refused

    /// Whether nothing is wrong: frames flow, or nobody wants frames.
    package var isWell: Bool { self == .streaming || self == .idle || self == .off || self == .closed }
}
