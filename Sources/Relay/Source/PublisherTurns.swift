import NIOCore

/// Decides whose turn it is to publish a source: a value without clock or sockets.
///
/// The same name takes over at once, since the connection that it had is usually dead behind a changed address. Another name, though
/// it has the right password, waits until no frame has come for a while: two cameras must not fight.
struct PublisherTurns: Sendable {
    /// What becomes of somebody who wants to publish.
    enum Verdict: Equatable, Sendable {
        /// Nobody else is there.
        case begins
        /// The connection that is there is to be ended.
        case takesOver
        /// The name has taken over too often; for so long it may not. `isNews` once in that time.
        case tooOften(wait: TimeAmount, isNews: Bool)
        /// Another name publishes.
        case taken(wait: TimeAmount)
    }

    /// Takeovers that one name may make within ``window``.
    static let maxTakeovers = 3
    static let window = TimeAmount.seconds(30)

    /// Whose turn it is, nil before the first.
    private(set) var name: String?
    private(set) var isConnected = false
    /// The last frame, of this publisher's turn.
    private(set) var lastFrame: NIODeadline?
    private var began = NIODeadline.uptimeNanoseconds(0)
    private var takeovers: [NIODeadline] = []
    private var told: NIODeadline?

    /// Somebody of this name wants to publish, and does so unless the verdict is against it. `patience` is how long a publisher may be
    /// without a frame before another name may take its place.
    mutating func ask(_ name: String, at now: NIODeadline, patience: TimeAmount) -> Verdict {
        let isSame = self.name == name
        if self.name != nil, !isSame {
            let free = isConnected || lastFrame != nil ? (lastFrame ?? began) + patience : .distantPast
            guard now >= free else { return .taken(wait: free - now) }
            takeovers = []
        }
        let wasConnected = isConnected
        if isSame, wasConnected {
            takeovers.removeAll { now - $0 >= Self.window }
            if takeovers.count >= Self.maxTakeovers, let first = takeovers.first {
                let isNews = told.map { now - $0 >= Self.window } ?? true
                if isNews { told = now }
                return .tooOften(wait: Self.window - (now - first), isNews: isNews)
            }
            takeovers.append(now)
        }
        if !isSame { lastFrame = nil }
        self.name = name
        isConnected = true
        began = now
        return wasConnected ? .takesOver : .begins
    }

    /// A frame came.
    mutating func frame(at now: NIODeadline) { lastFrame = now }

    /// The connection has ended. After a request that came as a whole another may follow; else the turn's pictures are over.
    mutating func ended() { isConnected = false }
}
