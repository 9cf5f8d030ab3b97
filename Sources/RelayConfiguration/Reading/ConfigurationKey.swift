/// A key of relay.yaml: its name and how its value gets into the value under construction.
struct ConfigurationKey<Target>: Sendable {
    let name: String
    /// Whether a value holds where the key is not given; where none does, nothing or an empty list holds.
    let hasDefault: Bool
    /// Reads a value into the target; the text begins sentences about it. False: nothing was set and a problem reported.
    let read: @Sendable (YAMLNode, String, inout ConfigurationReader, inout Target) -> Bool

    /// A key whose value fills one property.
    init<Value>(_ name: String, _ property: WritableKeyPath<Target, Value> & Sendable, _ reader: ValueReader<Value>) {
        self.init(name, hasDefault: true, reader) { $0[keyPath: property] = $1 }
    }

    /// A key whose values fill a list.
    init<Element>(_ name: String, _ property: WritableKeyPath<Target, [Element]> & Sendable, _ reader: ValueReader<[Element]>) {
        self.init(name, hasDefault: false, reader) { $0[keyPath: property] = $1 }
    }

    /// A key whose value fills a property that is nil where the key is not given.
    init<Value>(_ name: String, _ property: WritableKeyPath<Target, Value?> & Sendable, _ reader: ValueReader<Value>) {
        self.init(name, hasDefault: false, reader) { $0[keyPath: property] = $1 }
    }

    /// A key whose value is a part of the file of its own.
    init(_ name: String, read: @escaping @Sendable (YAMLNode, String, inout ConfigurationReader, inout Target) -> Bool) {
        self.name = name
        hasDefault = false
        self.read = read
    }

    private init<Value>(
        _ name: String, hasDefault: Bool, _ reader: ValueReader<Value>, set: @escaping @Sendable (inout Target, Value) -> Void
    ) {
        self.name = name
        self.hasDefault = hasDefault
        read = { node, label, configuration, target in
            guard let value = reader.read(node, label, &configuration) else { return false }
            set(&target, value)
            return true
        }
    }
}
