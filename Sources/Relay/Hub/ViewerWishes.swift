import RelayConfiguration

/// What a viewer asks for in the query of its stream or WebSocket.
struct ViewerWishes: Equatable, Sendable {
    /// The most frames per second that a viewer may ask for.
    static let maxFPS = 1000.0

    /// What it sees of a lost source; nil for the source's way.
    var onLoss: SourceConfiguration.OnLoss?
    /// Thins out what it gets; nil for every frame.
    var pacer: FramePacer?
    /// The most that it wants to be sent, in bits per second; nil for whatever comes.
    var rate: Int?

    init(onLoss: SourceConfiguration.OnLoss? = nil, pacer: FramePacer? = nil) {
        self.onLoss = onLoss
        self.pacer = pacer
    }
}
