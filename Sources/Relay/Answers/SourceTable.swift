/// The sources by name, as requests find them.
struct SourceTable: Sendable {
    /// In the order of the configuration, unlisted ones too.
    let all: [Source]
    private let byName: [String: Source]

    init(_ sources: [Source] = []) {
        all = sources
        byName = Dictionary(sources.map { ($0.name, $0) }) { first, _ in first }
    }

    subscript(name: String) -> Source? { byName[name] }
}
