import RelayConfiguration

/// The identity of a listener, which is the same before and after a reload.
struct ListenerName: Hashable, Sendable {
    let address: ListenAddress
    /// The number of this listener among those of the same address, from 0: a file may name port 0 several times.
    let ordinal: Int
    /// The listener's protocol. A listener with another protocol is another listener.
    var kind = Kind.plain

    enum Kind: Hashable, Sendable {
        /// http, also for a listener that only redirects to https.
        case plain
        /// https.
        case encrypted
    }

    /// The text for the log; `address` is the address that was bound.
    func shown(_ address: ListenAddress) -> String { kind == .encrypted ? "https://\(address)" : "\(address)" }
}

/// An address that the configuration wants to bind, and what is served there.
struct WantedListener: Equatable, Sendable {
    let name: ListenerName
    let scope: Route.Scope

    var address: ListenAddress { name.address }
}

extension RelayConfiguration {
    /// Every address to bind: those of `listen` and `admin`, and each source's own port on every host of `listen`.
    var wantedListeners: [WantedListener] {
        var counts: [ListenAddress: Int] = [:]
        return wantedScopes.map { address, kind, scope in
            let ordinal = counts[address, default: 0]
            counts[address] = ordinal + 1
            return WantedListener(name: ListenerName(address: address, ordinal: ordinal, kind: kind), scope: scope)
        }
    }

    private var wantedScopes: [(ListenAddress, ListenerName.Kind, Route.Scope)] {
        func all(_ plain: [ListenAddress], _ encrypted: [ListenAddress], _ scope: Route.Scope) -> [(
            ListenAddress, ListenerName.Kind, Route.Scope
        )] {
            plain.map { ($0, .plain, scope) } + encrypted.map { ($0, .encrypted, scope) }
        }
        let redirects = encryption.redirects.map { ($0, ListenerName.Kind.plain, Route.Scope.redirect) }
        switch mode {
        case .single:
            let name = sources.first?.name ?? Self.singleSourceName
            return all(listen, encryption.listen, .source(name, named: true))
                + all(plainHosts(withPort: webSocketPort), encryptedHosts(withPort: webSocketPort), .webSocket(name))
        case .file:
            return all(listen, encryption.listen, .relay) + redirects + all(access.admin, access.encryptedAdmin, .admin)
                + sources.flatMap { source in
                    all(plainHosts(withPort: source.port), encryptedHosts(withPort: source.port), .source(source.name, named: false))
                }
        }
    }

    /// The addresses with `port` on every host that is listened on without encryption.
    private func plainHosts(withPort port: Int?) -> [ListenAddress] { Self.hosts(of: listen, withPort: port) }

    /// The addresses with `port` on every host that is listened on over https only, so that no host gets a plain port which has none.
    private func encryptedHosts(withPort port: Int?) -> [ListenAddress] {
        let plain = plainHosts(withPort: port)
        return Self.hosts(of: encryption.listen, withPort: port).filter { !plain.contains($0) }
    }

    private static func hosts(of addresses: [ListenAddress], withPort port: Int?) -> [ListenAddress] {
        guard let port else { return [] }
        var hosts: [String] = []
        for case .ip(let host, _) in addresses where !hosts.contains(host) { hosts.append(host) }
        return hosts.map { .ip(host: $0, port: port) }
    }
}
