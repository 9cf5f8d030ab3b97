/// `/NAME/embed`: the picture alone, for a frame on any site.
enum EmbedAnswer {
    static func answer(of source: Source, to request: Request) -> HTTPAnswer {
        let target = request.target
        let options: EmbedOptions
        do throws(QueryError) {
            options = try EmbedOptions(target)
        } catch {
            return .badQuery(error)
        }
        let page = EmbedPage(name: source.name, up: target.up, base: target.base, options: options)
        return .html(page.text, frameAncestors: "*")
    }
}
