import Certificates

/// The walk through a file's values: it gathers every problem and knows what values may refer to.
///
/// No method repeats a value in a problem, since any of them may hold a login; keys and names are repeated where they
/// look like such.
struct ConfigurationReader {
    /// Where relative paths start; empty for the working directory.
    private(set) var folder: String
    /// The names of the files that are included, in the order in which they are read.
    private var included: [String] = []
    /// What `${NAME}` stands for.
    let environment: [String: String]
    /// The pictures read so far by their paths: many sources may name one file.
    var pictures: [String: PlaceholderPicture] = [:]
    /// Certificates that need no look: a relay that serves them watches them itself.
    let isKnownCertificate: (CertificateFiles) -> Bool
    private(set) var problems: [(place: Place?, message: String)] = []

    init(
        folder: String, environment: [String: String], isKnownCertificate: @escaping (CertificateFiles) -> Bool = { _ in false }
    ) {
        self.isKnownCertificate = isKnownCertificate
        self.folder = folder
        self.environment = environment
    }

    /// Adds a problem; without a place it concerns the file as a whole.
    mutating func report(_ message: String, at place: Place?) {
        problems.append((place, message))
    }

    /// What is wrong, sorted by place; what an alias brings up twice is told once.
    func sortedProblems(file: String) -> [ConfigurationProblem] {
        var seen: Set<ConfigurationProblem> = []
        return problems.sortedByPlace(\.place).map { place, message in
            let name = place.flatMap { self.name(of: $0.file) } ?? file
            guard let place, place.line > 0 else { return ConfigurationProblem(file: name, message: message) }
            return ConfigurationProblem(file: name, line: place.line, column: place.column, message: message)
        }.filter { seen.insert($0).inserted }
    }

    /// A place as a problem at another place names it: `line 3`, or `line 3 of front.yaml` where that is another file.
    func spot(_ place: Place, from other: Place?) -> String {
        guard let other, other.file != place.file else { return "line \(place.line)" }
        return "line \(place.line) of \(name(of: place.file) ?? "the file that includes this one")"
    }

    /// Reads a file that is included: what `body` reports is at its places, and relative paths start at its folder. The number is
    /// what its places need.
    mutating func read(including path: String, _ body: (inout ConfigurationReader, Int) -> Void) {
        let outer = folder
        included.append(path)
        folder = PathText.folder(of: path)
        body(&self, included.count)
        folder = outer
    }

    private func name(of file: Int) -> String? {
        included.indices.contains(file - 1) ? included[file - 1] : nil
    }

    /// The text of a single value with its variables replaced; `label` and `expected` make the sentence if it has none.
    mutating func text(_ node: YAMLNode, label: String, expected: String) -> String? {
        guard acceptsTag(of: node) else { return nil }
        guard case .scalar(let text, let style) = node.content else {
            report("\(label) must be \(expected), not \(node.kind)", at: node.place)
            return nil
        }
        guard !node.isNull else {
            report("\(label) has no value; it must be \(expected)", at: node.place)
            return nil
        }
        let result = VariableText.expanded(text, environment: environment)
        for problem in result.problems {
            var place = node.place
            if let offset = style.textOffset { place.column += offset + problem.offset }
            report(problem.message, at: place)
        }
        return result.problems.isEmpty ? result.text : nil
    }

    /// The entries of a mapping, in order, each key once; nil where the node is something else.
    mutating func entries(_ node: YAMLNode, label: String, expected: String) -> [(name: String, place: Place, value: YAMLNode)]? {
        guard acceptsTag(of: node) else { return nil }
        guard case .mapping(let pairs) = node.content else {
            let sentence = node.isNull ? "has no value; it must be \(expected)" : "must be \(expected), not \(node.kind)"
            report("\(label) \(sentence)", at: node.place)
            return nil
        }
        var first: [String: Place] = [:]
        var entries: [(name: String, place: Place, value: YAMLNode)] = []
        for (key, value) in pairs {
            guard acceptsTag(of: key) else { continue }
            guard case .scalar(let name, _) = key.content else {
                report("a key must be a single value, not \(key.kind)", at: key.place)
                continue
            }
            if let other = first[name] {
                report("duplicate key\(Spelling.quoted(name)); the first one is at \(spot(other, from: key.place))", at: key.place)
                continue
            }
            first[name] = key.place
            entries.append((name, key.place, value))
        }
        return entries
    }

    /// Reads a mapping by a table of its keys, in the table's order, and tells which keys were read and which failed.
    mutating func read<Target>(
        _ node: YAMLNode, section: Section, keys: [ConfigurationKey<Target>], into target: inout Target
    ) -> KeyPlaces {
        var places = KeyPlaces()
        guard let entries = entries(node, label: section.label, expected: "a mapping of keys") else { return places }
        var values: [String: (place: Place, node: YAMLNode)] = [:]
        for entry in entries {
            if keys.contains(where: { $0.name == entry.name }) {
                values[entry.name] = (entry.place, entry.value)
            } else {
                let hint = ConfigurationKeys.hint(for: entry.name, among: keys.map(\.name))
                report("unknown key\(Spelling.quoted(entry.name))\(section.suffix)\(hint)", at: entry.place)
            }
        }
        for key in keys {
            guard let value = values[key.name] else { continue }
            places.keys[key.name] = value.place
            let label = "'\(key.name)'\(section.suffix)"
            let known = problems.count
            if key.read(value.node, label, &self, &target) {
                places.values[key.name] = KeyPlaces.Origin(place: value.node.place, section: section)
            } else if problems.count == known {
                // A value that its reader refuses without a word must not pass for a key that is not given.
                report("\(label) cannot be read", at: value.node.place)
            }
        }
        return places
    }

    /// A tag would promise a meaning that nothing here gives.
    mutating func acceptsTag(of node: YAMLNode) -> Bool {
        if node.hasForeignTag { report("tags are not supported", at: node.place) }
        return !node.hasForeignTag
    }
}
