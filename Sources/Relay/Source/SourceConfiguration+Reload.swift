import RelayConfiguration

extension SourceConfiguration {
    /// Whether the camera must be dialled anew to go from this configuration to `new`; what is named here changes in place.
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
}
