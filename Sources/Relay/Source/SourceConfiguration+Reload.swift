import CameraURL
import RelayConfiguration

/// What a reload has to do for a source.
extension SourceConfiguration {
    /// Whether `new` is of another camera, or logs in in another way: what was learnt of the old one is then worth nothing.
    func needsNewCamera(for new: SourceConfiguration) -> Bool {
        upstreams != new.upstreams || (readsHTTP && headers != new.headers)
    }

    /// Whether the pictures of `new` are of the same camera: one of its addresses is one of ours, whatever the login.
    func isSameCamera(as new: SourceConfiguration) -> Bool {
        upstreams.contains { old in new.upstreams.contains { Self.isSame(old, $0) } }
    }

    private static func isSame(_ one: Upstream, _ other: Upstream) -> Bool {
        // Whoever publishes it, by whatever password, it is the same source.
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
    /// What is named here changes in place, or is used by the next dial only, or means nothing to this kind of source.
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
        // A file takes over another pace while it plays; nothing else has one.
        old.fps = new.fps
        if !readsHTTP { old.headers = new.headers }
        // Another interval holds from the next poll on; a stream in place of polls is another way of reading.
        if !readsHTTP || (interval == nil) == (new.interval == nil) { old.interval = new.interval }
        if !readsHTTPS {
            old.verifiesCertificate = new.verifiesCertificate
            old.certificateFingerprint = new.certificateFingerprint
        }
        return old != new
    }

    /// Whether a dial that failed may go better with `new`.
    func helpsNextDial(_ new: SourceConfiguration) -> Bool {
        connectTimeout != new.connectTimeout || maxFrameSize != new.maxFrameSize || redirects != new.redirects
            || verifiesCertificate != new.verifiesCertificate || certificateFingerprint != new.certificateFingerprint
            || stallTimeout != new.stallTimeout
    }

    /// Whether any of the addresses is read over HTTP.
    private var readsHTTP: Bool {
        upstreams.contains { if case .camera = $0 { true } else { false } }
    }

    /// Whether any of the addresses is encrypted, as it stands in the file.
    private var readsHTTPS: Bool {
        upstreams.contains { upstream in
            switch upstream {
            case .camera(let url), .relay(let url): url.scheme == .https
            case .file, .program, .publisher: false
            }
        }
    }
}
