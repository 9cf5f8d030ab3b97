import CameraURL
import RelayConfiguration

/// Decides what a reload has to do for a source.
extension SourceConfiguration {
    /// Whether `new` names another camera or another login, so that everything learnt of the old camera is void.
    func needsNewCamera(for new: SourceConfiguration) -> Bool {
        upstreams != new.upstreams || (readsHTTP && headers != new.headers)
    }

    /// Whether the pictures of `new` are of the same camera: the two have an address in common, whatever the login.
    func isSameCamera(as new: SourceConfiguration) -> Bool {
        upstreams.contains { old in new.upstreams.contains { Self.isSame(old, $0) } }
    }

    private static func isSame(_ one: Upstream, _ other: Upstream) -> Bool {
        // A published source stays the same with another password.
        if case .publisher = one, case .publisher = other { return true }
        let (url, otherURL): (CameraURL, CameraURL)
        switch (one, other) {
        case (.camera(let mine), .camera(let its)), (.relay(let mine), .relay(let its)): (url, otherURL) = (mine, its)
        default: return one == other
        }
        return url.hasSameOrigin(as: otherURL) && url.target == otherURL.target
    }

    /// Whether the camera must be dialled anew to go from this configuration to `new`.
    ///
    /// The settings named here change in place, or are used only by the next dial, or do not matter to this kind of source.
    func needsNewDial(for new: SourceConfiguration) -> Bool {
        var old = self
        old.port = new.port
        old.isListed = new.isListed
        old.reconnectMin = new.reconnectMin
        old.reconnectMax = new.reconnectMax
        old.stallTimeout = new.stallTimeout
        old.failback = new.failback
        old.onDemand = new.onDemand
        old.linger = new.linger
        old.snapshotLinger = new.snapshotLinger
        old.heartbeat = new.heartbeat
        old.onLoss = new.onLoss
        old.placeholder = new.placeholder
        old.maxFPS = new.maxFPS
        old.maxViewers = new.maxViewers
        old.maxViewersPerAddress = new.maxViewersPerAddress
        old.viewers = new.viewers
        old.maxRate = new.maxRate
        old.maxViewerRate = new.maxViewerRate
        old.minFPS = new.minFPS
        old.maxWatch = new.maxWatch
        old.watchPause = new.watchPause
        old.hours = new.hours
        old.connectTimeout = new.connectTimeout
        old.maxFrameSize = new.maxFrameSize
        old.redirects = new.redirects
        old.push = new.push
        old.relayPath = new.relayPath
        old.pushWhen = new.pushWhen
        old.viewers = new.viewers
        old.maxViewersPerAddress = new.maxViewersPerAddress
        // A file takes over a new pace while it plays; other cameras do not use the setting.
        old.fps = new.fps
        if !readsHTTP { old.headers = new.headers }
        // A new interval is used from the next poll on. A change between polls and a stream needs a new dial.
        if !readsHTTP || (interval == nil) == (new.interval == nil) { old.interval = new.interval }
        if !readsHTTPS {
            old.verifiesCertificate = new.verifiesCertificate
            old.certificateFingerprint = new.certificateFingerprint
        }
        return old != new
    }

    /// Whether a dial that failed may succeed with `new`.
    func helpsNextDial(_ new: SourceConfiguration) -> Bool {
        connectTimeout != new.connectTimeout || maxFrameSize != new.maxFrameSize || redirects != new.redirects
            || verifiesCertificate != new.verifiesCertificate || certificateFingerprint != new.certificateFingerprint
            || stallTimeout != new.stallTimeout
    }

    /// Whether any of the addresses is read over HTTP.
    private var readsHTTP: Bool {
        upstreams.contains { if case .camera = $0 { true } else { false } }
    }

    /// Whether any of the addresses in the file is one of https.
    private var readsHTTPS: Bool {
        upstreams.contains { upstream in
            switch upstream {
            case .camera(let url), .relay(let url): url.scheme == .https
            case .file, .program, .publisher: false
            }
        }
    }
}
