extension ValueReader where Value == [SourceConfiguration.Upstream] {
    /// More addresses than one camera has.
    private static var maxAddresses: Int { 16 }

    /// The address of a camera or a file, or a list of them.
    static let upstreams = ValueReader { node, label, reader in
        guard case .sequence(let items) = node.content else { return upstream(node, label, &reader).map { [$0] } }
        guard reader.acceptsTag(of: node) else { return nil }
        guard (1...maxAddresses).contains(items.count) else {
            reader.report("\(label) must be a URL or a list of at most \(maxAddresses)", at: node.place)
            return nil
        }
        let upstreams = items.compactMap { upstream($0, label, &reader) }
        return upstreams.count == items.count ? upstreams : nil
    }

    private static func upstream(
        _ node: YAMLNode, _ label: String, _ reader: inout ConfigurationReader
    ) -> SourceConfiguration.Upstream? {
        guard let text = reader.text(node, label: label, expected: "a URL, http://… or file:PATH") else { return nil }
        do throws(TextError) {
            return try SourceConfiguration.Upstream(text: text, folder: reader.folder)
        } catch {
            reader.report("\(label): \(error.message)", at: node.place)
            return nil
        }
    }
}

extension ValueReader where Value == [HeaderField] {
    /// Servers refuse requests with more.
    private static var maxFields: Int { 64 }

    /// A mapping of field names to values.
    static let headers = ValueReader { node, label, reader in
        let expected = "a mapping of field names to values"
        guard let entries = reader.entries(node, label: label, expected: expected) else { return nil }
        guard entries.count <= maxFields else {
            reader.report("\(label) holds more than \(maxFields) fields", at: node.place)
            return nil
        }
        var fields: [HeaderField] = []
        var names: Set<String> = []
        for entry in entries {
            let field = "the field\(Spelling.quoted(entry.name)) of \(label)"
            guard let text = reader.text(entry.value, label: field, expected: "a text") else { continue }
            do throws(TextError) {
                let field = try HeaderField(checkedName: entry.name, value: text)
                guard names.insert(field.name.lowercased()).inserted else {
                    reader.report("\(label): '\(field.name)' is there twice; case does not matter in field names", at: entry.place)
                    continue
                }
                fields.append(field)
            } catch {
                reader.report("\(label): \(error.message)", at: entry.place)
            }
        }
        return fields.count == entries.count ? fields : nil
    }
}
