import NIOCore

/// Decides who may publish a source now. A value without a clock or sockets.
///
/// A connection of the same name takes over at once, because the older connection is usually dead after a change of address. A connection
/// of another name, even with the right password, waits until no frame has come for a while, so that two cameras do not take turns.
struct PublisherTurns: Sendable {
    /// The answer to a wish to publish.
    enum Verdict: Equatable, Sendable {
        /// Nobody else publishes.
        case begins
        /// The present connection has to be ended.
        case takesOver
        /// The name has taken over too often and has to wait. `isNews` is true once in this time, for the log.
        case tooOften(wait: TimeAmount, isNews: Bool)
        /// Another name publishes.
        case taken(wait: TimeAmount)
    }

    /// How many times a name may take over within ``window``.
    static let maxTakeovers = 3
    static let window = TimeAmount.seconds(30)

    /// The name of the last publisher; nil before the first.
    private(set) var name: String?
    private(set) var isConnected = false
    /// When the last frame of this publisher came.
    private(set) var lastFrame: NIODeadline?
    private var began = NIODeadline.uptimeNanoseconds(0)
    private var takeovers: [NIODeadline] = []
    private var told: NIODeadline?

    /// Somebody of this name wants to publish, and begins unless the verdict forbids it. `stallTimeout` is the time without a frame after
    /// which another name may take over.
    mutating func ask(_ name: String, at now: NIODeadline, stallTimeout: TimeAmount) -> Verdict {
        let isSame = self.name == name
        if self.name != nil, !isSame {
            let free = isConnected || lastFrame != nil ? (lastFrame ?? began) + stallTimeout : .distantPast
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

    /// The connection has ended. After a complete request another may follow; else this publisher's pictures are over.
    mutating func ended() { isConnected = false }
}
