import NIOCore

/// Connects to whichever of a camera's addresses answers first: they are tried one after the other, each a moment after the one
/// before or as soon as that one has failed, both families in turn (RFC 8305). A few are tried at once and no more.
///
/// Addresses may be added while others are tried: first those remembered of an earlier look-up, later those that the present one finds.
/// All of it happens on one event loop.
final class AddressRace {
    /// The time between the starts of two attempts.
    static let delay = TimeAmount.milliseconds(250)
    /// Addresses beyond this many are not tried.
    static let maxAddresses = 16

    /// How long an attempt may take, once there are as many as there may be and another address waits.
    static let maxHold = TimeAmount.seconds(1)

    private struct Running {
        let number: Int
        let address: SocketAddress
        let began: NIODeadline
    }

    private let eventLoop: any EventLoop
    private let connect: (SocketAddress) -> EventLoopFuture<any Channel>
    private let abandon: (SocketAddress) -> Void
    private let promise: EventLoopPromise<any Channel>
    private var waiting: [SocketAddress] = []
    private var tried: [SocketAddress] = []
    /// Those that had to make room, and get one more turn.
    private var abandoned: [SocketAddress] = []
    private var running: [Running] = []
    private var attempts = 0
    private var timer: Scheduled<Void>?
    private var firstError: (any Error)?
    /// Why no more addresses come; nil while some may.
    private var end: (any Error)?
    private var isOver = false

    /// How many attempts run at once: each holds a descriptor, and no more than these were claimed.
    var maxRunning = 2

    /// `abandon` ends an attempt that `connect` has begun.
    init(
        eventLoop: any EventLoop, connect: @escaping (SocketAddress) -> EventLoopFuture<any Channel>,
        abandon: @escaping (SocketAddress) -> Void
    ) {
        self.eventLoop = eventLoop
        self.connect = connect
        self.abandon = abandon
        promise = eventLoop.makePromise()
    }

    /// The connection that was made first; the others are closed. Else the error of the first attempt, or why there was none.
    var outcome: EventLoopFuture<any Channel> { promise.futureResult }

    /// Adds addresses in the order of preference; those that are known already are left out.
    func add(_ addresses: [SocketAddress]) {
        let new = addresses.filter { address in !tried.contains(address) && !waiting.contains(address) }
        waiting += Self.interleaved(new).prefix(max(0, Self.maxAddresses - tried.count - waiting.count { !tried.contains($0) }))
        if timer == nil { tryNext() }
    }

    /// No more addresses come; `error` is the outcome where none was tried.
    func finish(_ error: any Error) {
        end = error
        endIfOver()
    }

    /// Starts no further attempt; connections that are being made are closed as they come.
    func cancel() {
        guard !isOver else { return }
        stop()
        promise.fail(CameraError.cancelled)
    }

    private func stop() {
        isOver = true
        timer?.cancel()
        timer = nil
    }

    private func tryNext() {
        timer?.cancel()
        timer = nil
        guard !isOver, !waiting.isEmpty else { return endIfOver() }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        if running.count >= maxRunning, let oldest = running.first {
            guard oldest.began + Self.maxHold <= .now() else {
                timer = eventLoop.scheduleTask(deadline: oldest.began + Self.maxHold) { bound.value.tryNext() }
                return
            }
            makeRoom(oldest)
        }
        let address = waiting.removeFirst()
        if !tried.contains(address) { tried.append(address) }
        attempts += 1
        let number = attempts
        running.append(Running(number: number, address: address, began: .now()))
        timer = eventLoop.scheduleTask(in: Self.delay) { bound.value.tryNext() }
        connect(address).hop(to: eventLoop).whenComplete { bound.value.ended(number, $0) }
    }

    /// Ends an attempt for the address that waits; its own address, which may only be slow, gets another turn behind all others.
    private func makeRoom(_ attempt: Running) {
        running.removeAll { $0.number == attempt.number }
        if !abandoned.contains(attempt.address) { waiting.append(attempt.address) }
        abandoned.append(attempt.address)
        abandon(attempt.address)
    }

    private func ended(_ number: Int, _ result: Result<any Channel, any Error>) {
        let isRunning = running.contains { $0.number == number }
        running.removeAll { $0.number == number }
        switch result {
        case .success(let channel):
            guard !isOver, isRunning else { return channel.close(promise: nil) }
            stop()
            promise.succeed(channel)
        case .failure(let error):
            guard isRunning else { return }
            firstError = firstError ?? error
            if !isOver { tryNext() }
        }
    }

    private func endIfOver() {
        guard !isOver, running.isEmpty, waiting.isEmpty, let end else { return }
        stop()
        promise.fail(firstError ?? end)
    }

    /// The addresses with both families in turn, beginning with the family of the first address.
    private static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let (same, other) = (addresses.filter { $0.protocol == first.protocol }, addresses.filter { $0.protocol != first.protocol })
        return (0..<max(same.count, other.count)).flatMap { place in
            [same, other].compactMap { place < $0.count ? $0[place] : nil }
        }
    }
}

@available(*, unavailable) extension AddressRace: Sendable {}
