import Certificates

extension ValueReader where Value == [FileDraft.Listener] {
    /// More than one machine has.
    private static var maxAddresses: Int { 64 }

    /// One address or a list of them; in a list, one may be a mapping that says to redirect.
    static let listenAddresses = ValueReader { addresses($0, $1, &$2, mayRedirect: true) }

    /// One address or a list of them.
    static let adminAddresses = ValueReader { addresses($0, $1, &$2, mayRedirect: false) }

    private static func addresses(
        _ node: YAMLNode, _ label: String, _ reader: inout ConfigurationReader, mayRedirect: Bool
    ) -> [FileDraft.Listener]? {
        var nodes = [node]
        var mayRedirect = mayRedirect
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        } else {
            mayRedirect = false
        }
        guard !nodes.isEmpty else {
            reader.report("\(label) is an empty list; it must hold an address, such as 0.0.0.0:8080", at: node.place)
            return nil
        }
        guard nodes.count <= maxAddresses else {
            reader.report("\(label) holds more than \(maxAddresses) addresses", at: node.place)
            return nil
        }
        let listeners = nodes.compactMap { node in
            if mayRedirect, case .mapping = node.content { return redirect(node, label, &reader) }
            return address(node, label, &reader)
        }
        return listeners.count == nodes.count ? listeners : nil
    }

    private static func address(_ node: YAMLNode, _ label: String, _ reader: inout ConfigurationReader) -> FileDraft.Listener? {
        guard let text = reader.text(node, label: label, expected: "an address, such as 0.0.0.0:8080, or a list of them") else {
            return nil
        }
        return listener(text, at: node.place, label, &reader)
    }

    /// A mapping, whose plain requests are sent to where it is encrypted.
    private static func redirect(_ node: YAMLNode, _ label: String, _ reader: inout ConfigurationReader) -> FileDraft.Listener? {
        var draft = ListenerDraft()
        let places = reader.read(node, section: .listener, keys: ConfigurationKeys.listener, into: &draft)
        guard places.keys.count == places.values.count else { return nil }
        guard let text = draft.address, draft.redirect != nil, let place = places.values["address"]?.place else {
            reader.report("an address of \(label) that is a mapping needs 'address' and 'redirect: https'", at: node.place)
            return nil
        }
        guard var listener = listener(text, at: place, label, &reader) else { return nil }
        guard listener.kind == .plain, listener.address.port != nil else {
            reader.report("\(label): only plain requests to a port can be redirected, such as those to 0.0.0.0:80", at: place)
            return nil
        }
        listener.kind = .redirect
        return listener
    }

    private static func listener(
        _ text: String, at place: Place, _ label: String, _ reader: inout ConfigurationReader
    ) -> FileDraft.Listener? {
        do throws(TextError) {
            let scheme = "https://"
            guard text.prefix(scheme.count).lowercased() == scheme else {
                return FileDraft.Listener(address: try ListenAddress(text: text, folder: reader.folder), place: place)
            }
            var rest = text.dropFirst(scheme.count)
            if rest.last == "/" { rest.removeLast() }
            guard !rest.contains("/"), !rest.hasPrefix("unix:") else {
                throw TextError(message: "an https:// address is a host and a port without a path, such as https://[::]:54443")
            }
            return FileDraft.Listener(
                address: try ListenAddress(text: String(rest), folder: reader.folder), place: place, kind: .encrypted)
        } catch {
            reader.report("\(label): \(error.message)", at: place)
            return nil
        }
    }
}

extension ValueReader where Value == [FileDraft.Certificate] {
    /// A certificate and its key, or a list of such pairs.
    static let certificates = ValueReader { node, label, reader in
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        guard (1...64).contains(nodes.count) else {
            reader.report("\(label) must be a list of 1 to 64 mappings, such as {chain: fullchain.pem, key: privkey.pem}", at: node.place)
            return nil
        }
        let certificates = nodes.compactMap { certificate($0, &reader) }
        return certificates.count == nodes.count ? certificates : nil
    }

    private static func certificate(_ node: YAMLNode, _ reader: inout ConfigurationReader) -> FileDraft.Certificate? {
        var draft = CertificateDraft()
        let places = reader.read(node, section: .certificate, keys: ConfigurationKeys.certificate, into: &draft)
        guard case .mapping = node.content, places.keys.count == places.values.count else { return nil }
        guard let chain = draft.chain, let key = draft.key,
            let chainPlace = places.values["chain"]?.place, let keyPlace = places.values["key"]?.place
        else {
            reader.report("a certificate needs both 'chain' and 'key'", at: node.place)
            return nil
        }
        var isPath = true
        for (text, place) in [(chain, chainPlace), (key, keyPlace)] where text.isEmpty || text.hasControlCharacter {
            reader.report("this is no path", at: place)
            isPath = false
        }
        guard isPath else { return nil }
        return FileDraft.Certificate(
            files: CertificateFiles(
                chain: PathText.resolved(chain, folder: reader.folder), key: PathText.resolved(key, folder: reader.folder)),
            chainPlace: chainPlace, keyPlace: keyPlace)
    }
}

extension ValueReader where Value == String {
    /// Any text.
    static func text(_ expected: String) -> Self { scalar(expected) { $0 } }
}
