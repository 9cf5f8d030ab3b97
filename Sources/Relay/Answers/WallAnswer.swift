/// `/embed?sources=a,b,c`: several pictures and nothing else, for a frame on any site.
enum WallAnswer {
    /// More pictures than fit on a screen.
    static let maxSources = 64

    /// The names in the query, each once.
    static func names(_ target: RequestTarget) throws(QueryError) -> [String] {
        let names = (target.value("sources") ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !names.contains(""), names.count <= maxSources else {
            throw QueryError(sentence: "sources is a list of 1 to \(maxSources) names of sources, such as sources=front,yard")
        }
        var known: Set<String> = []
        return names.filter { known.insert($0).inserted }
    }

    /// Whether the wall needs no login: everyone may watch all sources that it names.
    static func isForEveryone(_ request: Request) -> Bool {
        guard let names = try? names(request.target) else { return false }
        return names.allSatisfy { name in
            request.served.sources[name].map { Audience.mayWatch($0.configuration, .anonymous, request.served.access) } ?? false
        }
    }

    static func answer(to request: Request) -> HTTPAnswer {
        let names: [String]
        let options: EmbedOptions
        do throws(QueryError) {
            names = try Self.names(request.target)
            options = try EmbedOptions(request.target)
        } catch {
            return .badQuery(error)
        }
        let sources = names.compactMap { request.served.sources[$0] }
        guard sources.count == names.count else { return .noSuchSource }
        let visible = sources.filter { Audience.mayWatch($0.configuration, request.admission, request.served.access) }
        guard !visible.isEmpty else { return .userMayNot }
        return .html(WallPage(names: visible.map(\.name), up: request.target.up, options: options).text, frameAncestors: "*")
    }
}
