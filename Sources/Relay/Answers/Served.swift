import NIOCore
import RelayConfiguration

/// What the relay serves: all that answers need of the configuration, made whole by the supervisor and swapped whole, so that no
/// request sees half a reload.
struct Served: Sendable {
    /// How far the program's life has come, for `/readyz`.
    enum Stage: Sendable {
        case starting, ready, draining
    }

    /// What each listener serves. A listener that is not here serves nothing any more, its open connections included.
    var scopes: [ListenerName: Route.Scope] = [:]
    var sources = SourceTable()
    /// Who hears from other relays.
    var listers: [RelayLister] = []
    var access = AccessConfiguration()
    /// The most viewers of all sources together, nil for what the limit of open files allows.
    var maxViewers: Int?
    /// What all sources together send to viewers, in bits per second, nil for no limit.
    var maxRate: Int?
    /// Whether each viewer that has ended is a line of the log.
    var logsViewers = false
    /// The port where viewers find the sources; nil where that is a local socket, or a port that the system chooses.
    var viewersPort: Int?
    /// The port to which plain requests are redirected.
    var encryptedPort: Int?
    /// What https shows, and what is wrong with it.
    var certificates: [CertificateReport] = []
    var stage = Stage.starting
    /// How the last reload went.
    var reload = ReloadReport()
    var version = ""
    /// When the relay was made.
    let started = NIODeadline.now()
    /// Counts the changes of this value.
    var generation = 0
    /// Long answers.
    let kept = KeptAnswers()

    /// Takes over what a configuration says; `sources` are the running ones.
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
