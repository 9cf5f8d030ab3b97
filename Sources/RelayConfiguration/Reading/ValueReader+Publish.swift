import Accounts

extension ValueReader where Value == PublishConfiguration {
    /// A mapping with a password in one of three forms.
    static let publish = ValueReader { node, label, reader in
        let section = Section(label: label, suffix: " in \(label)")
        var draft = PublishDraft()
        let places = reader.read(node, section: section, keys: ConfigurationKeys.publish, into: &draft)
        guard case .mapping = node.content, places.keys.count == places.values.count else { return nil }
        let given = ["password", "password_file", "password_hash"].compactMap { key in places.values[key].map { (key, $0.place) } }
        guard given.count == 1, let (key, place) = given.first else {
            let sentence = "needs exactly one of 'password', 'password_file' and 'password_hash'"
            reader.report("\(label) \(sentence)", at: given.last?.1 ?? node.place)
            return nil
        }
        if let hash = draft.hash { return PublishConfiguration(password: .hash(hash), from: draft.from) }
        let password = draft.password ?? draft.filePassword ?? ""
        guard !password.isEmpty, password.utf8.count <= PasswordHash.maxPasswordBytes else {
            reader.report("'\(key)'\(section.suffix) must have from 1 to \(PasswordHash.maxPasswordBytes) bytes", at: place)
            return nil
        }
        return PublishConfiguration(password: .plain(password), from: draft.from)
    }
}

extension ValueReader where Value == [PushConfiguration] {
    /// More relays than anybody publishes one camera to.
    private static var maxAddresses: Int { 16 }

    /// The address of a source of another relay, a mapping with it, or a list of these.
    static let pushes = ValueReader { node, label, reader in
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        guard (1...maxAddresses).contains(nodes.count) else {
            reader.report("\(label) must be an address or a list of at most \(maxAddresses)", at: node.place)
            return nil
        }
        let pushes = nodes.compactMap { push($0, label, &reader) }
        guard pushes.count == nodes.count else { return nil }
        for (index, push) in pushes.enumerated() {
            guard pushes[..<index].contains(where: { $0.url.hasSameOrigin(as: push.url) && $0.url.target == push.url.target }) else {
                continue
            }
            reader.report("\(label) has this address twice", at: nodes[index].place)
            return nil
        }
        return pushes
    }

    private static func push(_ node: YAMLNode, _ label: String, _ reader: inout ConfigurationReader) -> PushConfiguration? {
        guard case .mapping = node.content else {
            guard let text = reader.text(node, label: label, expected: "an address, wss://… or ws://…") else { return nil }
            return push(text, at: node.place, label, &reader)
        }
        var draft = PushDraft()
        let section = Section(label: label, suffix: " in \(label)")
        let places = reader.read(node, section: section, keys: ConfigurationKeys.push, into: &draft)
        guard places.keys.count == places.values.count else { return nil }
        guard let text = draft.url, let place = places.values["url"]?.place else {
            reader.report("\(label) that is a mapping needs a 'url'", at: node.place)
            return nil
        }
        if places.keys["tls_verify"] != nil, let origin = places.values["tls_fingerprint"] {
            let sentence = "exclude each other: a fingerprint is checked in place of everything else"
            reader.report("'tls_verify' and 'tls_fingerprint'\(section.suffix) \(sentence)", at: origin.place)
            return nil
        }
        guard var push = push(text, at: place, label, &reader) else { return nil }
        if push.url.scheme == .http, let place = (places.values["tls_verify"] ?? places.values["tls_fingerprint"])?.place {
            reader.report("\(label): certificates are for wss:// addresses", at: place)
            return nil
        }
        push.verifiesCertificate = draft.verifiesCertificate
        push.certificateFingerprint = draft.fingerprint
        return push
    }

    private static func push(_ text: String, at place: Place, _ label: String, _ reader: inout ConfigurationReader) -> PushConfiguration? {
        do throws(TextError) {
            return try PushConfiguration(text: text)
        } catch {
            reader.report("\(label): \(error.message)", at: place)
            return nil
        }
    }
}
