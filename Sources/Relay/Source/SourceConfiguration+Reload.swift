import RelayConfiguration

extension SourceConfiguration {
    /// Whether `new` is of another camera, or logs in in another way: what was learnt of the old one is then worth nothing.
    func needsNewCamera(for new: SourceConfiguration) -> Bool {
        upstreams != new.upstreams || (readsHTTP && headers != new.headers)
    }

    /// Whether the camera must be dialled anew to go from this configuration to `new`; what is named here changes in place, or
    /// means nothing to this source.
    func needsNewDial(for new: SourceConfiguration) -> Bool {
        var old = self
        old.port = new.port
        old.isListed = new.isListed
        old.reconnectMin = new.reconnectMin
        old.reconnectMax = new.reconnectMax
        old.linger = new.linger
        old.snapshotLinger = new.snapshotLinger
        old.heartbeat = new.heartbeat
        old.onLoss = new.onLoss
        old.placeholder = new.placeholder
        old.maxFPS = new.maxFPS
        old.maxViewers = new.maxViewers
        return old != new
    }

    /// Whether any of the addresses is read over HTTP.
    private var readsHTTP: Bool {
        upstreams.contains { if case .camera = $0 { true } else { false } }
    }
}
