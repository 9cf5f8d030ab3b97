/// How a value of one type is read. A node that is no such value is reported: "LABEL must be …".
struct ValueReader<Value: SettingValue>: Sendable {
    /// Reads a node; the text is the value's name at the start of a sentence. nil: a problem was reported.
    let read: @Sendable (YAMLNode, String, inout ConfigurationReader) -> Value?

    /// A single value; `expected` completes "must be", `parse` returns nil for any other text.
    static func scalar(_ expected: String, _ parse: @escaping @Sendable (String) -> Value?) -> Self {
        ValueReader { node, label, reader in
            guard let text = reader.text(node, label: label, expected: expected) else { return nil }
            guard let value = parse(text) else {
                reader.report("\(label) must be \(expected)", at: node.place)
                return nil
            }
            return value
        }
    }

    /// A mapping with keys of its own. An empty mapping, as when all its keys are comments, is read as `initial`.
    static func section(_ section: Section, _ keys: [ConfigurationKey<Value>], from initial: Value) -> Self {
        ValueReader { node, _, reader in
            var value = initial
            guard !node.isNull else { return value }
            let places = reader.read(node, section: section, keys: keys, into: &value)
            return places.keys.count == places.values.count ? value : nil
        }
    }
}
