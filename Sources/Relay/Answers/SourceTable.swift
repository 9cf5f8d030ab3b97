/// Finds sources by name.
struct SourceTable: Sendable {
    /// All sources in the order of the configuration, also those with `listed: false`.
    let all: [Source]
    private let byName: [String: Source]

    init(_ sources: [Source] = []) {
        all = sources
        byName = Dictionary(sources.map { ($0.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> Source? { byName[name] }
}
