import NIOCore

/// Connects to whichever of a camera's addresses answers first: they are tried one after the other, each a moment after the one
/// before or as soon as that one has failed, both families in turn (RFC 8305).
///
/// Addresses may come while others are tried: those that are remembered while a look-up hangs, then those that it finds. All of it
/// happens on one event loop.
final class AddressRace {
    /// How long an attempt has the field for itself.
    static let delay = TimeAmount.milliseconds(250)
    /// Addresses beyond this many are not tried.
    static let maxAddresses = 16

    private let eventLoop: any EventLoop
    private let connect: (SocketAddress) -> EventLoopFuture<any Channel>
    private let promise: EventLoopPromise<any Channel>
    private var waiting: [SocketAddress] = []
    private var tried: [SocketAddress] = []
    private var inFlight = 0
    private var timer: Scheduled<Void>?
    private var firstError: (any Error)?
    /// Why no more addresses come; nil while some may.
    private var end: (any Error)?
    private var isOver = false

    init(eventLoop: any EventLoop, connect: @escaping (SocketAddress) -> EventLoopFuture<any Channel>) {
        self.eventLoop = eventLoop
        self.connect = connect
        promise = eventLoop.makePromise()
    }

    /// The connection that was made first; the others are closed. Else the error of the first attempt, or why there was none.
    var outcome: EventLoopFuture<any Channel> { promise.futureResult }

    /// Adds addresses in the order of preference; those that are known already are left out.
    func add(_ addresses: [SocketAddress]) {
        let new = addresses.filter { address in !tried.contains(address) && !waiting.contains(address) }
        waiting += Self.interleaved(new).prefix(max(0, Self.maxAddresses - tried.count - waiting.count))
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
        let address = waiting.removeFirst()
        tried.append(address)
        inFlight += 1
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.delay) { bound.value.tryNext() }
        connect(address).hop(to: eventLoop).whenComplete { bound.value.ended($0) }
    }

    private func ended(_ result: Result<any Channel, any Error>) {
        inFlight -= 1
        switch result {
        case .success(let channel):
            guard !isOver else { return channel.close(promise: nil) }
            stop()
            promise.succeed(channel)
        case .failure(let error):
            firstError = firstError ?? error
            if !isOver { tryNext() }
        }
    }

    private func endIfOver() {
        guard !isOver, inFlight == 0, waiting.isEmpty, let end else { return }
        stop()
        promise.fail(firstError ?? end)
    }

    /// One of the first address's family, then one of the other, and so on.
    private static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let (same, other) = (addresses.filter { $0.protocol == first.protocol }, addresses.filter { $0.protocol != first.protocol })
        return (0..<max(same.count, other.count)).flatMap { place in
            [same, other].compactMap { place < $0.count ? $0[place] : nil }
        }
    }
}

@available(*, unavailable) extension AddressRace: Sendable {}
