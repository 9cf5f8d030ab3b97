import CameraURL

extension ValueReader where Value == [MirroredRelay] {
    /// More relays than anybody mirrors.
    private static var maxRelays: Int { 100 }

    /// A mapping of names to relays.
    static let relays = ValueReader { node, label, reader in
        let expected = "a mapping of names to relays, such as north: {url: \"https://cams.example\"}"
        guard let entries = reader.entries(node, label: label, expected: expected) else { return nil }
        guard (1...maxRelays).contains(entries.count) else {
            reader.report("\(label) must be \(expected), from 1 to \(maxRelays) of them", at: node.place)
            return nil
        }
        let relays = entries.compactMap { relay($0.name, $0.value, at: $0.place, &reader) }
        return relays.count == entries.count ? relays : nil
    }

    private static func relay(_ name: String, _ node: YAMLNode, at place: Place, _ reader: inout ConfigurationReader) -> MirroredRelay? {
        let section = Section(label: "relay\(Spelling.quoted(name))", suffix: " in relay\(Spelling.quoted(name))")
        var draft = MirroredRelayDraft()
        guard case .mapping = node.content else {
            return ValueReader<[CameraURL]>.relayURLs.read(node, section.label, &reader).map { MirroredRelay(name: name, urls: $0) }
        }
        let places = reader.read(node, section: section, keys: ConfigurationKeys.relay, into: &draft)
        guard places.keys.count == places.values.count else { return nil }
        func spot(_ key: String) -> Place? { places.values[key]?.place }
        guard !draft.urls.isEmpty else {
            reader.report("\(section.label) needs a 'url'", at: place)
            return nil
        }
        for (one, other) in [("password", "password_file"), ("tls_verify", "tls_fingerprint")] where spot(one) != nil {
            guard let second = spot(other) else { continue }
            reader.report("'\(one)' and '\(other)'\(section.suffix) exclude each other", at: second)
            return nil
        }
        if draft.username == nil, let second = spot("password") ?? spot("password_file") {
            reader.report("a password\(section.suffix) needs a 'username'", at: second)
            return nil
        }
        if let username = draft.username {
            guard !draft.urls.contains(where: { $0.login != nil }) else {
                reader.report("\(section.label) has a login in its URL and a 'username'; keep one", at: spot("username") ?? place)
                return nil
            }
            let login = CameraURL.Login(user: username, password: draft.password ?? draft.filePassword ?? "")
            for index in draft.urls.indices { draft.urls[index].login = login }
        }
        if let prefix = draft.prefix, !prefix.isEmpty, !SourceConfiguration.isName(prefix) {
            reader.report("'prefix'\(section.suffix) is made of A-Z a-z 0-9 . _ - and begins with a letter or a digit", at: spot("prefix"))
            return nil
        }
        var relay = MirroredRelay(name: name, urls: draft.urls)
        relay.prefix = draft.prefix ?? ""
        relay.verifiesCertificate = draft.verifiesCertificate
        relay.certificateFingerprint = draft.fingerprint
        return relay
    }
}

extension ValueReader where Value == [CameraURL] {
    /// A relay's address, or a list of them.
    static let relayURLs = ValueReader { node, label, reader in
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        guard (1...16).contains(nodes.count) else {
            reader.report("\(label) must be an address or a list of at most 16", at: node.place)
            return nil
        }
        var urls: [CameraURL] = []
        for node in nodes {
            guard let text = reader.text(node, label: label, expected: "an address, https://… or http://…") else { continue }
            do throws(TextError) {
                urls.append(try MirroredRelay.url(text))
            } catch {
                reader.report("\(label): \(error.message)", at: node.place)
            }
        }
        return urls.count == nodes.count ? urls : nil
    }
}
