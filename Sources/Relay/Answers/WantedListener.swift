import RelayConfiguration

/// A listener, as the configuration calls it; the same before and after a reload.
struct ListenerName: Hashable, Sendable {
    let address: ListenAddress
    /// Which one of those with this address it is, from 0: port 0 may stand in a file several times.
    let ordinal: Int
}

/// An address that a configuration wants to be bound, and what is served there.
struct WantedListener: Equatable, Sendable {
    let name: ListenerName
    let scope: Route.Scope

    var address: ListenAddress { name.address }
}

extension RelayConfiguration {
    /// Every address to bind: those of `listen`, and each source's own port on every host of them.
    var wantedListeners: [WantedListener] {
        var counts: [ListenAddress: Int] = [:]
        return wantedScopes.map { address, scope in
            let ordinal = counts[address, default: 0]
            counts[address] = ordinal + 1
            return WantedListener(name: ListenerName(address: address, ordinal: ordinal), scope: scope)
        }
    }

    private var wantedScopes: [(ListenAddress, Route.Scope)] {
        switch mode {
        case .single:
            let name = sources.first?.name ?? Self.singleSourceName
            return listen.map { ($0, .source(name, named: true)) } + hosts(withPort: webSocketPort).map { ($0, .webSocket(name)) }
        case .file:
            return listen.map { ($0, .relay) } + access.admin.map { ($0, .admin) }
                + sources.flatMap { source in
                    hosts(withPort: source.port).map { ($0, .source(source.name, named: false)) }
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
