import CLibYAML

/// A document as libyaml composes it: a table of nodes in which an alias is one more reference. It frees that table.
struct YAMLDocument: ~Copyable {
    /// libyaml's own value, at a place that does not move.
    let raw: UnsafeMutablePointer<yaml_document_t>

    /// An empty document, to be filled by ``YAMLParser/nextDocument()``.
    init() {
        raw = .allocate(capacity: 1)
        raw.initialize(to: yaml_document_t())
    }

    deinit {
        yaml_document_delete(raw)
        raw.deallocate()
    }

    /// Whether there is nothing in it, which is so at the end of the text.
    var isEmpty: Bool { nodeCount == 0 }

    /// Where it begins.
    var place: Place { Place(raw.pointee.start_mark) }

    /// How many nodes the table holds; they are numbered from 1, the root first.
    var nodeCount: Int {
        guard let start = raw.pointee.nodes.start, let top = raw.pointee.nodes.top else { return 0 }
        return top - start
    }

    /// The numbers of the nodes that a node holds: a list's values, or a mapping's keys and values in turn.
    func children(of number: Int) -> [Int] {
        guard let node = yaml_document_get_node(raw, Int32(number))?.pointee else { return [] }
        switch node.type {
        case YAML_SEQUENCE_NODE:
            let items = node.data.sequence.items
            guard let start = items.start, let top = items.top else { return [] }
            return UnsafeBufferPointer(start: start, count: top - start).map(Int.init)
        case YAML_MAPPING_NODE:
            let pairs = node.data.mapping.pairs
            guard let start = pairs.start, let top = pairs.top else { return [] }
            return UnsafeBufferPointer(start: start, count: top - start).flatMap { [Int($0.key), Int($0.value)] }
        default:
            return []
        }
    }

    /// Where a node begins; for one behind an alias, where its anchor stands.
    func place(of number: Int) -> Place {
        yaml_document_get_node(raw, Int32(number)).map { Place($0.pointee.start_mark) } ?? place
    }

    /// A node as a value, given the values of its children.
    func node(_ number: Int, children: [YAMLNode]) -> YAMLNode {
        guard let node = yaml_document_get_node(raw, Int32(number))?.pointee else {
            return YAMLNode(place: place, hasForeignTag: false, content: .sequence([]))
        }
        let content: YAMLNode.Content
        let tag: String
        switch node.type {
        case YAML_SEQUENCE_NODE:
            tag = YAML_DEFAULT_SEQUENCE_TAG
            content = .sequence(children)
        case YAML_MAPPING_NODE:
            tag = YAML_DEFAULT_MAPPING_TAG
            content = .mapping(stride(from: 0, to: children.count - 1, by: 2).map { (children[$0], children[$0 + 1]) })
        default:
            tag = YAML_DEFAULT_SCALAR_TAG
            content = Self.scalar(node)
        }
        let hasForeignTag = node.tag.map { UnsafeRawPointer($0) }.map { String(cString: $0.assumingMemoryBound(to: CChar.self)) != tag }
        return YAMLNode(place: Place(node.start_mark), hasForeignTag: hasForeignTag ?? false, content: content)
    }

    private static func scalar(_ node: yaml_node_t) -> YAMLNode.Content {
        let scalar = node.data.scalar
        let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
        var style = YAMLNode.ScalarStyle(isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, textOffset: nil)
        if node.start_mark.line == node.end_mark.line {
            let quotes = style.isPlain ? 0 : 2
            let width = Int(node.end_mark.column) - Int(node.start_mark.column)
            if width == text.unicodeScalars.count + quotes { style.textOffset = quotes / 2 }
        }
        return .scalar(text, style)
    }
}
