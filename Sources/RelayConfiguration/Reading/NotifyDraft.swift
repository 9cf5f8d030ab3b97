import CameraURL

/// An entry of `notify` while it is read.
struct NotifyDraft: Sendable {
    /// From `exec`.
    var program: [String]?
    /// From `url`.
    var url: CameraURL?
    var value = NotifyConfiguration(target: .program([]))
    /// From `sources`, each with its place; nil where the entry does not say.
    var sources: [NamedSource]?
    var place = Place.start

    /// A source's name with its place, looked up when all sources are known.
    struct NamedSource: Sendable {
        var name: String
        var place: Place
    }

    /// The keys that mean nothing to a program.
    static let networkOnly = ["headers", "tls_verify", "tls_fingerprint"]

    /// The entry, right only if nothing is reported.
    var finished: NotifyConfiguration {
        var result = value
        if let program { result.target = .program(program) }
        if let url { result.target = .url(url) }
        result.sources = sources.map { $0.map(\.name) }
        if result.certificateFingerprint != nil { result.verifiesCertificate = true }
        return result
    }

    /// Reports names that no source has.
    func checkSources(_ known: Set<String>, _ reader: inout ConfigurationReader) {
        for source in sources ?? [] where !known.contains(source.name) {
            reader.report("'sources' in 'notify' names\(Spelling.quoted(source.name)), which is not in 'sources'", at: source.place)
        }
    }
}
