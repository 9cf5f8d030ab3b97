/// What a source is doing, as the status shows it.
package enum SourceState: String, Equatable, Sendable {
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
}
