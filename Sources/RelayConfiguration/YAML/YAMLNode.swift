/// A value of a YAML document with its place. Nodes reached through an alias share their content.
struct YAMLNode: Sendable {
    /// What a node holds.
    enum Content: Sendable {
        /// A text and how it is written.
        case scalar(String, ScalarStyle)
        case sequence([YAMLNode])
        case mapping([(key: YAMLNode, value: YAMLNode)])
    }

    /// What the reading of a scalar needs to know of the way it is written.
    struct ScalarStyle: Sendable {
        /// Written without quotes, so that `null` and nothing at all mean "no value".
        var isPlain: Bool
        /// How many characters stand between the node's place and its text, such as a quote. Nil where the text does not stand in the
        /// file as it is, in one line, since folding or escapes have moved its characters.
        var textOffset: Int?
    }

    var place: Place
    /// An explicit tag that says something else than the node's form does, such as `!!int`.
    var hasForeignTag: Bool
    var content: Content

    /// Whether the node says "no value": nothing at all, `~` or `null`, without quotes.
    var isNull: Bool {
        guard case .scalar(let text, let style) = content, style.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The node with all that it holds as a part of another file, which has this number.
    func inFile(_ number: Int) -> YAMLNode {
        var node = self
        node.place.file = number
        switch content {
        case .scalar: break
        case .sequence(let items): node.content = .sequence(items.map { $0.inFile(number) })
        case .mapping(let pairs): node.content = .mapping(pairs.map { ($0.key.inFile(number), $0.value.inFile(number)) })
        }
        return node
    }

    /// What the node is, for messages.
    var kind: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
