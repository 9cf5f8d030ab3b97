import NIOCore

/// What slows all viewers of a source down; nothing where no rate is limited.
struct SharedPace: Equatable, Sendable {
    /// When each may take a frame, so that all of them together keep below a rate.
    var grid: PaceGrid?
    /// What one viewer is sent at most, in bits per second.
    var maxViewerRate: Int?

    var isFree: Bool { grid == nil && maxViewerRate == nil }
}

/// What decides when a viewer that keeps up may take its next frame: what it asks for, and what rates leave to it.
struct ViewerPace {
    /// Whether rates hold for it; operators are not slowed down.
    let isCapped: Bool
    private let wishedRate: Int?
    private var pacer: FramePacer?
    private var rate: RatePacer?
    /// Before this moment of the grid it may take no frame.
    private var slot: NIODeadline?

    init(_ wishes: ViewerWishes, isCapped: Bool) {
        self.isCapped = isCapped
        wishedRate = wishes.rate
        pacer = wishes.pacer
        rate = wishes.rate.map { RatePacer(bitsPerSecond: $0) }
    }

    /// Whether it takes every frame.
    func isFree(_ shared: SharedPace) -> Bool { pacer == nil && rate == nil && (!isCapped || shared.isFree) }

    /// When it may take a frame, nil for now.
    mutating func wait(at now: NIODeadline, _ shared: SharedPace) -> NIODeadline? {
        use(shared)
        var until = pacer?.wait(at: now).map { now + $0 } ?? now
        if let wait = rate?.wait(at: now) { until = max(until, wait) }
        if let slot { until = max(until, slot) }
        return until > now ? until : nil
    }

    /// It takes a frame.
    mutating func take(at now: NIODeadline, _ shared: SharedPace) {
        pacer?.take(at: now)
        if let grid = shared.grid, isCapped { slot = grid.next(after: now) }
    }

    /// It takes its first frame when the others take theirs.
    mutating func waitForSlot(_ shared: SharedPace, at now: NIODeadline) { slot = shared.grid?.next(after: now) }

    /// It was sent so many bytes, of whatever picture.
    mutating func charge(bytes: Int, at now: NIODeadline) { rate?.charge(bytes: bytes, at: now) }

    /// Takes over limits that have changed.
    private mutating func use(_ shared: SharedPace) {
        guard isCapped else { return }
        if shared.grid == nil { slot = nil }
        let limit = [wishedRate, shared.maxViewerRate].compactMap(\.self).min()
        guard limit != rate?.bitsPerSecond else { return }
        if let limit, rate != nil { rate?.bitsPerSecond = limit } else { rate = limit.map { RatePacer(bitsPerSecond: $0) } }
    }
}
