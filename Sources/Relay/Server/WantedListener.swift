import RelayConfiguration

/// An address that a configuration wants to be bound, and what is served there.
struct WantedListener: Equatable, Sendable {
    let address: ListenAddress
    let scope: Route.Scope
}

extension RelayConfiguration {
    /// Every address to bind: those of `listen`, and each source's own port on every host of them.
    var wantedListeners: [WantedListener] {
        switch mode {
        case .single:
            let name = sources.first?.name ?? Self.singleSourceName
            return listen.map { WantedListener(address: $0, scope: .source(name, named: true)) }
                + hosts(withPort: webSocketPort).map { WantedListener(address: $0, scope: .webSocket(name)) }
        case .file:
            return listen.map { WantedListener(address: $0, scope: .relay) }
                + access.admin.map { WantedListener(address: $0, scope: .admin) }
                + sources.flatMap { source in
                    hosts(withPort: source.port).map { WantedListener(address: $0, scope: .source(source.name, named: false)) }
                }
        }
    }

    /// Every host that is listened on, with another port.
    private func hosts(withPort port: Int?) -> [ListenAddress] {
        guard let port else { return [] }
        var hosts: [String] = []
        for case .ip(let host, _) in listen where !hosts.contains(host) { hosts.append(host) }
        return hosts.map { .ip(host: $0, port: port) }
    }
}
