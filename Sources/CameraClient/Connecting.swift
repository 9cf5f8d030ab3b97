import CameraURL
import NIOCore
import NIOPosix

/// One attempt to get a connection to a camera: looks its name up and lets the addresses race. All of it happens on one event loop.
final class Connecting {
    /// The longest wait for a look-up where addresses of an earlier one are remembered.
    private static let maxWaitForLookUp = TimeAmount.milliseconds(300)

    private let url: CameraURL
    private let resolver: HostResolver
    private let eventLoop: any EventLoop
    private let race: AddressRace
    private var ticket: HostResolver.Ticket?
    private var timer: Scheduled<Void>?

    /// `bootstrap` makes what connects, and tells of each connection before it is made.
    init(
        to url: CameraURL, resolver: HostResolver, eventLoop: any EventLoop,
        _ bootstrap: @escaping (@escaping @Sendable (any Channel) -> Void) -> ClientBootstrap
    ) {
        self.url = url
        self.resolver = resolver
        self.eventLoop = eventLoop
        let channels = NIOLoopBoundBox([SocketAddress: any Channel](), eventLoop: eventLoop)
        race = AddressRace(eventLoop: eventLoop) { address in
            bootstrap { channels.value[address] = $0 }.connect(to: address)
        } abandon: { address in
            channels.value.removeValue(forKey: address)?.close(promise: nil)
        }
    }

    /// Starts. The outcome is a connection, or what the first address or the look-up said.
    func start() -> EventLoopFuture<any Channel> {
        if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
            race.add([address])
            race.finish(ChannelError.ioOnClosedChannel)
        } else {
            // A look-up holds a descriptor too.
            race.maxRunning = 1
            lookUp()
        }
        return race.outcome
    }

    /// Starts nothing more. Connections that are being made are closed by whoever asked for them.
    func stop() {
        timer?.cancel()
        timer = nil
        if let ticket { resolver.cancel(ticket) }
        ticket = nil
        race.cancel()
    }

    private func lookUp() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let (host, port, eventLoop) = (url.host, url.port, eventLoop)
        ticket = resolver.lookUp(host: host, port: port) { outcome in
            eventLoop.execute { bound.value.take(outcome) }
        }
        timer = eventLoop.scheduleTask(in: Self.maxWaitForLookUp) {
            let connecting = bound.value
            connecting.race.add(connecting.resolver.lastAddresses(host: host, port: port))
        }
    }

    private func take(_ outcome: HostResolver.Outcome) {
        timer?.cancel()
        timer = nil
        ticket = nil
        race.maxRunning = 2
        switch outcome {
        case .success(let addresses):
            race.add(addresses)
            race.finish(CameraError.nameNotFound(host: url.host, reason: "it has no address"))
        case .failure(let failure):
            race.finish(CameraError.nameNotFound(host: url.host, reason: failure.message))
        }
    }
}

@available(*, unavailable) extension Connecting: Sendable {}
