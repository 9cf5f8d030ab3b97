/// A key of relay.yaml: its name and how its value gets into the value under construction.
struct ConfigurationKey<Target>: Sendable {
    let name: String
    /// Whether nothing holds where the key is not given, rather than a default.
    let isOptional: Bool
    /// Reads a value into the target; the text begins sentences about it. False: nothing was set and a problem reported.
    let read: @Sendable (YAMLNode, String, inout ConfigurationReader, inout Target) -> Bool

    /// A key whose value fills one property.
    init<Value>(_ name: String, _ property: WritableKeyPath<Target, Value> & Sendable, _ reader: ValueReader<Value>) {
        self.name = name
        isOptional = false
        read = { node, label, configuration, target in
            guard let value = reader.read(node, label, &configuration) else { return false }
            target[keyPath: property] = value
            return true
        }
    }

    /// A key whose value fills a property that is nil where the key is not given.
    init<Value>(_ name: String, _ property: WritableKeyPath<Target, Value?> & Sendable, _ reader: ValueReader<Value>) {
        self.name = name
        isOptional = true
        read = { node, label, configuration, target in
            guard let value = reader.read(node, label, &configuration) else { return false }
            target[keyPath: property] = value
            return true
        }
    }

    /// A key whose value is a part of the file of its own.
    init(_ name: String, read: @escaping @Sendable (YAMLNode, String, inout ConfigurationReader, inout Target) -> Bool) {
        self.name = name
        isOptional = false
        self.read = read
    }
}
