import RelayConfiguration

/// A listener, as the configuration calls it; the same before and after a reload.
struct ListenerName: Hashable, Sendable {
    let address: ListenAddress
    /// Which one of those with this address it is, from 0: port 0 may stand in a file several times.
    let ordinal: Int
    /// How it is spoken to; a listener that is to be spoken to in another way is another one.
    var kind = Kind.plain

    enum Kind: Hashable, Sendable {
        /// Over http, which may also be all that is answered there: where https is.
        case plain
        /// Over https.
        case encrypted
    }

    /// The address as the log shows it; `address` is the one that was bound.
    func shown(_ address: ListenAddress) -> String { kind == .encrypted ? "https://\(address)" : "\(address)" }
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

    /// Every host that is listened on without encryption, with another port.
    private func plainHosts(withPort port: Int?) -> [ListenAddress] { Self.hosts(of: listen, withPort: port) }

    /// Every host that is listened on over https only, with another port: nothing is open on a host that is not open there anyway.
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
