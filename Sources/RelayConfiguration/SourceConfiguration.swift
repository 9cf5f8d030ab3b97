import CameraURL

/// The configuration of one named source.
package struct SourceConfiguration: Equatable, Sendable {
    /// Where frames come from.
    package enum Upstream: Equatable, Sendable {
        /// A camera over HTTP.
        case camera(CameraURL)
        /// A source of another relay, over the relays' own WebSocket; `https` stands for `wss`, `http` for `ws`.
        case relay(CameraURL)
        /// A file of concatenated JPEGs, played in a loop. A relative path holds from the process's working directory.
        case file(path: String)
        /// A program whose standard output is a stream, with its arguments: never a shell's line.
        case program([String])
        /// A publisher sends the frames to the relay; the relay does not dial.
        case publisher(PublishConfiguration)
    }

    /// Which redirects of a camera are followed.
    package enum Redirects: String, CaseIterable, Sendable {
        /// Redirects to the same host; the login is sent there too, unless the new address is http and the old one https.
        case same
        /// Redirects to any http or https address; the login is not sent to another host.
        case any
    }

    /// What viewers of a lost source see.
    package enum OnLoss: String, CaseIterable, Sendable {
        /// A picture that says that the camera is lost, because nobody may take an old picture for a live one.
        case placeholder
        /// The last frame.
        case last
        /// Nothing.
        case silent
        /// The stream ends after ``SourceConfiguration/stallTimeout``, for recorders that reconnect by themselves.
        case close
    }

    /// Who may watch.
    package enum Audience: Equatable, Sendable {
        case everyone
        /// Whoever has logged in.
        case users
        /// These users.
        case named([String])
    }

    /// Names that no source may have, since a path that begins with them is a route of the relay; a test ties them to the routes.
    package static let reservedNames: Set<String> = [
        "status", "metrics", "healthz", "readyz", "stream", "snapshot", "ws", "embed", "publish",
    ]

    /// The name in routes, logs and status: `[A-Za-z0-9][A-Za-z0-9._-]*`.
    package var name: String
    package var upstream: Upstream
    /// Where frames come from while ``upstream`` fails, the next one first.
    package var alternatives: [Upstream]
    /// How long an alternative is used before ``upstream`` is tried again.
    package var failback: Duration
    /// The port on which this source is also served alone, on every host that the relay listens on.
    package var port: Int?
    /// Fields added to each request to the camera, in the order of the file; no name occurs twice.
    package var headers: [HeaderField]
    /// How long an attempt may take from the look-up of the name to the end of the response head.
    package var connectTimeout: Duration
    /// The back-off's first step.
    package var reconnectMin: Duration
    /// The back-off's last step, at least ``reconnectMin``.
    package var reconnectMax: Duration
    /// How long a connected camera may send no whole frame before it is dialled anew.
    package var stallTimeout: Duration
    /// The size in bytes above which a frame is dropped.
    package var maxFrameSize: Int
    /// The frames per second at which a file is played.
    package var fps: Double
    /// The most frames per second that are passed on; nil for all.
    package var maxFPS: Double?
    /// Whether the camera is read at all; viewers of a source that is off see a placeholder.
    package var enabled: Bool
    /// Whether the camera is connected only while somebody watches.
    package var onDemand: Bool
    /// How long an on-demand camera stays connected after its last viewer.
    package var linger: Duration
    /// How long an on-demand camera stays connected after a snapshot.
    package var snapshotLinger: Duration
    /// The longest time in which a viewer gets no part.
    package var heartbeat: Duration
    package var onLoss: OnLoss
    /// The picture in place of the built-in placeholder.
    package var placeholder: PlaceholderPicture?
    /// The most viewers at once, nil for as many as the relay takes.
    package var maxViewers: Int?
    /// How often a camera that has only single pictures is asked for one; nil for a stream.
    package var interval: Duration?
    package var redirects: Redirects
    /// Whether the certificate of an https camera must be one that this machine's authorities vouch for.
    package var verifiesCertificate: Bool
    /// The one certificate that the camera may have, in place of every other check of it.
    package var certificateFingerprint: CertificateFingerprint?
    /// Whether it appears in lists that anyone may see.
    package var isListed = true
    /// Who may watch; nil for the users where there are some, else everyone.
    package var viewers: Audience?
    /// The most viewers of this source from one address; nil for no limit.
    package var maxViewersPerAddress: Int?
    /// The relays to which the frames are published.
    package var push: [PushConfiguration] = []
    package var pushWhen = PushConfiguration.When.watched
    /// The ids of the relays that a source of another relay comes through, the last one first; empty for one of our own.
    package var relayPath: [String] = []

    /// Who may publish it; nil for a source that the relay reads itself.
    package var publish: PublishConfiguration? {
        if case .publisher(let publish) = upstream { publish } else { nil }
    }
    /// What all viewers of this source together are sent, in bits per second; nil for no limit.
    package var maxRate: Int?
    /// What one viewer is sent, in bits per second; nil for no limit.
    package var maxViewerRate: Int?
    /// The least frames per second under a rate limit: a new viewer who would bring everybody below this rate is turned away.
    package var minFPS = 1.0
    /// How long somebody may watch at a time; nil for no limit.
    package var maxWatch: Duration?
    /// How long an address has to pause after ``maxWatch``.
    package var watchPause = Duration.seconds(300)
    /// When the camera is read at all; nil for always.
    package var hours: OpeningHours?

    /// How old the newest frame may be before the camera counts as lost: single pictures come only every ``interval``, and
    /// ``maxFPS`` may be low.
    package var effectiveStallTimeout: Duration {
        max(stallTimeout, (interval ?? .zero) * 3, maxFPS.map { .seconds(3 / $0) } ?? .zero)
    }

    /// Makes a source with the built-in defaults for whatever is left out. It checks nothing.
    package init(
        name: String,
        upstream: Upstream,
        alternatives: [Upstream] = [],
        failback: Duration = .seconds(60),
        port: Int? = nil,
        headers: [HeaderField] = [],
        connectTimeout: Duration = .seconds(5),
        reconnectMin: Duration = .milliseconds(500),
        reconnectMax: Duration = .seconds(10),
        stallTimeout: Duration = .seconds(10),
        maxFrameSize: Int = 16 << 20,
        fps: Double = 10,
        maxFPS: Double? = nil,
        enabled: Bool = true,
        onDemand: Bool = false,
        linger: Duration = .seconds(30),
        snapshotLinger: Duration = .seconds(2),
        heartbeat: Duration = .seconds(5),
        onLoss: OnLoss = .placeholder,
        placeholder: PlaceholderPicture? = nil,
        maxViewers: Int? = nil,
        interval: Duration? = nil,
        redirects: Redirects = .same,
        verifiesCertificate: Bool = true,
        certificateFingerprint: CertificateFingerprint? = nil
    ) {
        self.name = name
        self.upstream = upstream
        self.alternatives = alternatives
        self.failback = failback
        self.port = port
        self.headers = headers
        self.connectTimeout = connectTimeout
        self.reconnectMin = reconnectMin
        self.reconnectMax = reconnectMax
        self.stallTimeout = stallTimeout
        self.maxFrameSize = maxFrameSize
        self.fps = fps
        self.maxFPS = maxFPS
        self.enabled = enabled
        self.onDemand = onDemand
        self.linger = linger
        self.snapshotLinger = snapshotLinger
        self.heartbeat = heartbeat
        self.onLoss = onLoss
        self.placeholder = placeholder
        self.maxViewers = maxViewers
        self.interval = interval
        self.redirects = redirects
        self.verifiesCertificate = verifiesCertificate
        self.certificateFingerprint = certificateFingerprint
    }
}
