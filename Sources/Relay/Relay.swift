import CameraClient
import Certificates
import Logging
import NIOCore
import RelayConfiguration

/// The supervisor: binds the listeners, runs one task per source, takes over new configurations, and ends everything in order.
package actor Relay {
    /// A source and the task that keeps its camera connected.
    struct Running {
        let source: Source
        var task: Task<Void, Never>
    }

    /// The present configuration.
    package internal(set) var configuration: RelayConfiguration
    let group: any EventLoopGroup
    let eventLoops: [any EventLoop]
    let logger: Logger
    let gate: Gate
    let limits: Limits
    var listeners: [Listener] = []
    var running: [String: Running] = [:]
    let descriptors: Descriptors
    /// By which other relays know this one; another at each start.
    let id = RelayChain.newID()
    let resolver = HostResolver()
    /// Sends notices that cameras are lost or back, as `notify` says.
    let notifier: Notifier
    let clock: any Clock<Duration>
    /// How bytes leave each listener's connections.
    private let transport: @Sendable (WantedListener) -> Transport
    /// The certificates for https listeners.
    let certificates: ServedCertificates
    /// The certificates' files, each with the pair that is served.
    var certificateWatches: [CertificateWatch] = []
    private var certificateLooks: Task<Void, Never>?
    /// Sources that were started so far.
    private var startedSources = 0
    /// So many sources share an event loop before the next loop is taken into use: a loop that finds frames of several cameras when it
    /// wakes costs less than several that wake for one each. Viewers move to other loops when this one is busy.
    private static let sourcesPerLoop = 64
    private(set) var isStopping = false
    /// True while a reload runs; another reload waits for its end.
    var isReloading = false
    var reloadIsDue = false
    /// What a reload that is due reads.
    var pendingReload: (@Sendable () async -> Result<RelayConfiguration, ConfigurationError>)?
    /// What the file says, without the sources of other relays.
    var fileConfiguration: RelayConfiguration
    /// Who hears from other relays, in the order of the file.
    var listers: [RelayLister] = []
    /// The sources of other relays, by the relays' names; what one said last holds while it is away.
    var lists: [String: [ListedSource]] = [:]

    /// Makes a relay that is not running yet; `version` is what the status shows. Raises the limit of open descriptors.
    package init(
        configuration: RelayConfiguration, group: any EventLoopGroup, logger: Logger, version: String,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(configuration: configuration, group: group, logger: logger, version: version, clock: clock, transport: nil)
    }

    /// Makes a relay whose listeners use the given transport; nil: the transport that the configuration says.
    init(
        configuration: RelayConfiguration, group: any EventLoopGroup, logger: Logger, version: String,
        clock: any Clock<Duration> = ContinuousClock(), transport: (@Sendable (WantedListener) -> Transport)?
    ) {
        let certificates = ServedCertificates()
        self.certificates = certificates
        self.transport = transport ?? { $0.name.kind == .encrypted ? certificates.transport : .plain }
        self.configuration = configuration
        fileConfiguration = configuration
        self.group = group
        self.logger = logger
        self.clock = clock
        eventLoops = Array(group.makeIterator())
        descriptors = Descriptors(limit: Descriptors.raiseLimit(), logger: logger)
        notifier = Notifier(descriptors: descriptors, resolver: resolver, eventLoop: group.any(), clock: clock, logger: logger)
        limits = Limits(descriptors: descriptors, logger: logger)
        gate = Gate(version: version, limits: limits, logger: logger)
    }

    /// Binds every address, then starts the sources; when an address cannot be bound, nothing stays open.
    package func start() async throws(RelayError) {
        WallClock.use(configuration.timeZone)
        useDescriptors(listeners: configuration.wantedListeners.count)
        useCertificates(try await readCertificates(of: configuration))
        listeners = try await bindAll(configuration.wantedListeners)
        for source in configuration.sources { running[source.name] = start(source) }
        serve { $0.stage = .ready }
        await notify()
        if let eventLoop = eventLoops.first { gate.measure(on: eventLoop) }
        for listener in listeners {
            listener.open()
            logger.info("listening", metadata: ["address": "\(listener.shownAddress)"])
        }
        useListers()
        certificateLooks = Task { [clock] in
            while (try? await clock.sleep(for: CertificateWatch.tick)) != nil { await lookAtCertificates() }
        }
    }

    /// Stops listening and reading cameras; viewers end after their frame in flight and answers under way arrive, at most
    /// `drain_timeout` later.
    package func stop() async {
        isStopping = true
        certificateLooks?.cancel()
        for lister in listers { lister.end() }
        let notifierEnd = Task { [notifier] in await notifier.stop() }
        gate.change { $0.stage = .draining }
        for listener in listeners { await listener.close() }
        listeners = []
        let all = running.values
        for one in all { one.task.cancel() }
        for one in all {
            one.source.endPublishing()
            one.source.hub.endViewers()
        }
        let deadline = NIODeadline.now() + TimeAmount(configuration.drainTimeout)
        while limits.isBusy || all.contains(where: { $0.source.hub.totals.viewers > 0 }), .now() < deadline {
            try? await clock.sleep(for: .milliseconds(20))
        }
        for one in all { await one.task.value }
        await notifierEnd.value
    }

    /// The ports that were bound, in the order of the configuration.
    package var ports: [Int] { listeners.compactMap(\.port) }

    /// The addresses that were bound, and whether each still takes connections.
    package var listening: [(address: ListenAddress, isOpen: Bool)] { listeners.map { ($0.boundAddress, $0.isOpen) } }

    /// Makes a source and begins to read its camera.
    func start(_ configuration: SourceConfiguration) -> Running {
        let source = Source(
            configuration: configuration, eventLoop: eventLoops[startedSources / Self.sourcesPerLoop % eventLoops.count],
            eventLoops: eventLoops, resolver: resolver, descriptors: descriptors, chain: RelayChain(ownID: id), clock: clock, logger: logger
        )
        startedSources += 1
        source.pushAsConfigured()
        return Running(source: source, task: Task { await source.run() })
    }

    /// Keeps the descriptors free that the configuration's sources need, beside the given number of listeners.
    func useDescriptors(listeners count: Int) {
        descriptors.use(SourceNeeds(configuration), listeners: count)
        guard descriptors.lack > 0 else { return }
        logger.warning(
            "the limit of open files is too low for all cameras at once, so some will wait: raise it (ulimit -n)",
            metadata: ["limit": "\(descriptors.limit)", "needed": "\(descriptors.limit + descriptors.lack)"])
    }

    /// Replaces the value that requests see, with the present configuration and its sources, and with the changes that `change` makes.
    func serve(_ change: (inout Served) -> Void) {
        let sources = SourceTable(configuration.sources.compactMap { running[$0.name]?.source })
        gate.change { served in
            served.use(configuration, sources: sources)
            served.encryptedPort =
                listeners.first { $0.name.kind == .encrypted && configuration.encryption.listen.contains($0.name.address) }?.port
            served.certificates = certificateWatches.map { CertificateReport($0) }
            change(&served)
        }
    }

    /// Lets the notifier watch the sources that run now.
    func notify() async {
        await notifier.use(configuration.notify, sources: configuration.sources.compactMap { running[$0.name]?.source })
    }

    /// Binds all of `wanted` or, if one fails, none.
    func bindAll(_ wanted: [WantedListener]) async throws(RelayError) -> [Listener] {
        var bound: [Listener] = []
        do throws(RelayError) {
            for listener in wanted { bound.append(try await bind(listener)) }
        } catch {
            for listener in bound { await listener.close() }
            throw error
        }
        return bound
    }

    private func bind(_ wanted: WantedListener) async throws(RelayError) -> Listener {
        do throws(RelayError) {
            return try await Listener.bind(wanted.address, as: wanted.name, transport: transport(wanted), gate: gate, group: group)
        } catch {
            // A machine without IPv6: every IPv4 address is what "every address" means there.
            guard case .ip("::", let port) = wanted.address, error.isAddressFamilyMissing else { throw error }
            let address = ListenAddress.ip(host: "0.0.0.0", port: port)
            return try await Listener.bind(address, as: wanted.name, transport: transport(wanted), gate: gate, group: group)
        }
    }
}
