import CameraClient
import Logging
import NIOCore
import RelayConfiguration

/// The supervisor: binds the listeners, runs one task per source, and ends both in order.
package actor Relay {
    private let configuration: RelayConfiguration
    private let group: any EventLoopGroup
    private let eventLoops: [any EventLoop]
    private let logger: Logger
    private let server: Server
    private let resolver = HostResolver()
    private let clock: any Clock<Duration>
    private var listeners: [Listener] = []
    private var sources: [Source] = []
    private var tasks: [Task<Void, Never>] = []

    /// Makes a relay that is not running yet; `version` is what the status shows.
    package init(
        configuration: RelayConfiguration, group: any EventLoopGroup, logger: Logger, version: String,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.clock = clock
        self.configuration = configuration
        self.group = group
        self.logger = logger
        eventLoops = Array(group.makeIterator())
        server = Server(version: version)
    }

    /// Binds every address, then starts the sources; when an address cannot be bound, nothing stays open.
    package func start() async throws(RelayError) {
        sources = configuration.sources.enumerated().map { index, source in
            Source(
                configuration: source, eventLoop: eventLoops[index % eventLoops.count], eventLoops: eventLoops, resolver: resolver,
                logger: logger)
        }
        server.use(RoutingTable(sources))
        do throws(RelayError) {
            for (address, scope) in wantedListeners {
                listeners.append(try await bind(address, scope))
            }
        } catch {
            await closeListeners()
            throw error
        }
        for source in sources {
            tasks.append(Task { await source.run() })
        }
        server.enter(.ready)
        for listener in listeners { logger.info("listening", metadata: ["address": "\(listener.boundAddress)"]) }
    }

    /// Stops listening and reading cameras; viewers end after their frame in flight, at most `drain_timeout` later.
    package func stop() async {
        server.enter(.draining)
        await closeListeners()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        for source in sources { source.hub.endViewers() }
        let deadline = NIODeadline.now() + TimeAmount(configuration.drainTimeout)
        while sources.contains(where: { $0.hub.totals.viewers > 0 }), .now() < deadline {
            try? await clock.sleep(for: .milliseconds(20))
        }
    }

    /// The ports that were bound, in the order of the configuration.
    package var ports: [Int] { listeners.compactMap(\.port) }

    private var wantedListeners: [(ListenAddress, Route.Scope)] {
        switch configuration.mode {
        case .single:
            let name = configuration.sources.first?.name ?? ""
            return configuration.listen.map { ($0, .source(name, named: true)) }
                + hosts(withPort: configuration.webSocketPort).map { ($0, .webSocket(name)) }
        case .file:
            return configuration.listen.map { ($0, .relay) }
                + configuration.sources.flatMap { source in
                    hosts(withPort: source.port).map { ($0, .source(source.name, named: false)) }
                }
        }
    }

    /// Every host that is listened on, with another port.
    private func hosts(withPort port: Int?) -> [ListenAddress] {
        guard let port else { return [] }
        var hosts: [String] = []
        for case .ip(let host, _) in configuration.listen where !hosts.contains(host) { hosts.append(host) }
        return (hosts.isEmpty ? ["::"] : hosts).map { .ip(host: $0, port: port) }
    }

    private func bind(_ address: ListenAddress, _ scope: Route.Scope) async throws(RelayError) -> Listener {
        do throws(RelayError) {
            return try await Listener.bind(address, scope: scope, server: server, group: group)
        } catch {
            // A machine without IPv6: every IPv4 address is what "every address" means there.
            guard case .ip("::", let port) = address, error.isAddressFamilyMissing else { throw error }
            return try await Listener.bind(.ip(host: "0.0.0.0", port: port), scope: scope, server: server, group: group)
        }
    }

    private func closeListeners() async {
        for listener in listeners { await listener.close() }
        listeners = []
    }
}
