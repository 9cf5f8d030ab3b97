/// The sources by name, as requests find them; replaced as a whole.
struct RoutingTable: Sendable {
    /// In the order of the configuration.
    let sources: [Source]
    private let byName: [String: Source]

    init(_ sources: [Source] = []) {
        self.sources = sources
        byName = Dictionary(sources.map { ($0.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> Source? { byName[name] }
}
