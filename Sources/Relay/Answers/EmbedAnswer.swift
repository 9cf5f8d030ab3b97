/// `/NAME/embed`: the picture alone, for a frame on any site.
enum EmbedAnswer {
    static func answer(of source: Source, to request: Request) -> HTTPAnswer {
        let target = request.target
        return .html(EmbedPage(name: source.name, up: target.up, base: target.base).text, frameAncestors: "*")
    }
}
