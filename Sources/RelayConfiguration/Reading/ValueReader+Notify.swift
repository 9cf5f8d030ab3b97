import CameraURL

extension ValueReader where Value == [NotifyDraft] {
    /// Each takes files that may be open; nobody needs more.
    private static var maxEntries: Int { 16 }

    /// Whom to tell: an entry or a list of them.
    static let notify = ValueReader { node, label, reader in
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        guard (1...maxEntries).contains(nodes.count) else {
            let example = "such as {exec: [/usr/local/bin/camera-changed]}"
            reader.report("\(label) must be a list of 1 to \(maxEntries) mappings, \(example)", at: node.place)
            return nil
        }
        let entries = nodes.compactMap { entry($0, &reader) }
        return entries.count == nodes.count ? entries : nil
    }

    private static func entry(_ node: YAMLNode, _ reader: inout ConfigurationReader) -> NotifyDraft? {
        var draft = NotifyDraft()
        draft.place = node.place
        let places = reader.read(node, section: .notify, keys: ConfigurationKeys.notify, into: &draft)
        guard case .mapping = node.content, places.keys.count == places.values.count else { return nil }
        switch (places.keys["url"], places.keys["exec"]) {
        case (nil, nil):
            reader.report("an entry of 'notify' needs 'exec' or 'url'", at: node.place)
            return nil
        case (_?, let exec?):
            reader.report("an entry of 'notify' has both 'url' and 'exec'; keep one", at: exec)
            return nil
        default: break
        }
        var isRight = true
        if draft.program != nil {
            for key in NotifyDraft.networkOnly {
                guard let place = places.values[key]?.place else { continue }
                reader.report("'\(key)' in 'notify' is only for a 'url'", at: place)
                isRight = false
            }
        }
        if places.values["tls_verify"] != nil, let place = places.values["tls_fingerprint"]?.place {
            reader.report(
                "'tls_verify' and 'tls_fingerprint' in 'notify' exclude each other: a fingerprint is checked in place of everything else",
                at: place)
            isRight = false
        }
        if draft.url?.login != nil, let place = places.values["headers"]?.place,
            draft.value.headers.contains(where: { $0.name.lowercased() == "authorization" })
        {
            reader.report("an entry of 'notify' has a login in its URL and an 'Authorization' in 'headers'; keep one", at: place)
            isRight = false
        }
        return isRight ? draft : nil
    }
}

extension ValueReader where Value == [NotifyDraft.NamedSource] {
    /// Names of sources: a list, or one.
    static let sourceNames = ValueReader { node, label, reader in
        let expected = "the name of a source or a list of them"
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        guard !nodes.isEmpty else {
            reader.report("\(label) must be \(expected)", at: node.place)
            return nil
        }
        let names = nodes.compactMap { item in
            reader.text(item, label: label, expected: expected).map { NotifyDraft.NamedSource(name: $0, place: item.place) }
        }
        return names.count == nodes.count ? names : nil
    }
}

extension ValueReader where Value == CameraURL {
    /// The length in bytes that no address reaches on purpose.
    private static var maxLength: Int { 8192 }

    /// An address over http or https.
    static let httpURL = ValueReader { node, label, reader in
        guard let text = reader.text(node, label: label, expected: "an address, http://… or https://…") else { return nil }
        do throws(TextError) {
            guard text.utf8.count <= maxLength else { throw TextError(message: "the URL is longer than \(maxLength) bytes") }
            guard ["http://", "https://"].contains(where: { text.lowercased().hasPrefix($0) }) else {
                throw TextError(message: "an address begins with http:// or https://")
            }
            do {
                return try CameraURL(text)
            } catch {
                throw TextError(message: "\(error)")
            }
        } catch {
            reader.report("\(label): \(error.message)", at: node.place)
            return nil
        }
    }
}
