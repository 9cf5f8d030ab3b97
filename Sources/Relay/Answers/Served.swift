import NIOCore
import RelayConfiguration

/// What the relay serves: everything that answers need from the configuration. The supervisor replaces this value as a whole, so that no
/// request sees half a reload.
struct Served: Sendable {
    /// Whether the program is starting, running or ending, for `/readyz`.
    enum Stage: Sendable {
        case starting, ready, draining
    }

    /// What each listener serves. A listener that is missing here serves nothing any more, not even on open connections.
    var scopes: [ListenerName: Route.Scope] = [:]
    var sources = SourceTable()
    /// Who hears from other relays.
    var listers: [RelayLister] = []
    var access = AccessConfiguration()
    /// The most viewers of all sources together; nil for as many as the limit of open files allows.
    var maxViewers: Int?
    /// The most bits per second that all sources together send to viewers; nil for no limit.
    var maxRate: Int?
    /// Whether the end of each viewer is logged.
    var logsViewers = false
    /// The port at which viewers find the sources; nil for a local socket or a port that the system chooses.
    var viewersPort: Int?
    /// The port to which plain requests are redirected.
    var encryptedPort: Int?
    /// The certificates of https, and their problems.
    var certificates: [CertificateReport] = []
    var stage = Stage.starting
    /// How the last reload went.
    var reload = ReloadReport()
    var version = ""
    /// When the relay started.
    let started = NIODeadline.now()
    /// The number of changes of this value so far.
    var generation = 0
    /// The answers that take long to write.
    let kept = KeptAnswers()

    /// Takes over a configuration; `sources` are the running sources.
    mutating func use(_ configuration: RelayConfiguration, sources: SourceTable) {
        scopes = Dictionary(configuration.wantedListeners.map { ($0.name, $0.scope) }) { first, _ in first }
        self.sources = sources
        access = configuration.access
        maxViewers = configuration.maxViewers
        maxRate = configuration.maxRate
        logsViewers = configuration.log.viewers
        viewersPort = (configuration.listen + configuration.encryption.listen).lazy.compactMap(\.port).first { $0 != 0 }
    }
}
