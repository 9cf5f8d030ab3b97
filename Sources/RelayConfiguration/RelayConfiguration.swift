/// The checked configuration of the relay: the content of relay.yaml, or of a command line with one URL.
///
/// Two values are equal when they ask for the same thing, which is how a reload finds out what changed. Neither a
/// description nor a reflection shows a login or the value of a header field.
package struct RelayConfiguration: Equatable, Sendable {
    /// Where a configuration comes from, and with that which routes its addresses serve.
    package enum Mode: Equatable, Sendable {
        /// A file with named sources.
        case file
        /// A command line with one URL: a single source, named ``RelayConfiguration/singleSourceName``.
        case single
    }

    /// The port that is meant where neither file nor command line names one.
    package static let defaultPort = 54321
    /// The name of the one source of the single-URL mode.
    package static let singleSourceName = "camera"

    package var mode: Mode
    /// Where viewers connect without encryption, no two of them overlapping; with those of ``encryption`` at least one.
    package var listen: [ListenAddress]
    /// The cameras, in the order of the file; names and ports are unique.
    package var sources: [SourceConfiguration]
    /// The relays whose sources appear here too, in the order of the file.
    package var relays: [MirroredRelay] = []
    /// How long viewers may take to receive their last frame when the relay ends.
    package var drainTimeout: Duration
    package var log: LogConfiguration
    /// Who may see what.
    package var access = AccessConfiguration()
    /// What is served over https.
    package var encryption = EncryptionConfiguration()
    /// The most viewers of all sources together, nil for as many as the descriptor limit allows.
    package var maxViewers: Int?
    /// What the relay sends to viewers in all, in bits per second; nil for no limit.
    package var maxRate: Int?
    /// The time zone of ``SourceConfiguration/hours``, a name of the system's database; nil for the process's own.
    package var timeZone: String?
    /// The receivers of notices that cameras are lost or back.
    package var notify: [NotifyConfiguration] = []
    /// The port on which the single-URL mode also serves the older relay's WebSocket form (`-w`).
    package var webSocketPort: Int?

    /// Makes a configuration with the built-in defaults for whatever is left out. It checks nothing.
    package init(
        mode: Mode = .file,
        listen: [ListenAddress] = [.builtIn],
        sources: [SourceConfiguration],
        drainTimeout: Duration = .seconds(5),
        log: LogConfiguration = LogConfiguration(),
        webSocketPort: Int? = nil,
        maxViewers: Int? = nil
    ) {
        self.mode = mode
        self.listen = listen
        self.sources = sources
        self.drainTimeout = drainTimeout
        self.log = log
        self.webSocketPort = webSocketPort
        self.maxViewers = maxViewers
    }
}
