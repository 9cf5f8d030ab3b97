import NIOCore

/// A connection to a camera that has answered and may be asked again.
struct KeptConnection: Sendable {
    let channel: any Channel
    /// Bound to the channel's event loop.
    let handler: NIOLoopBound<UpstreamHandler>

    /// Ends it; any thread.
    func close() {
        channel.close(promise: nil)
    }
}
