/// The picture alone, for a frame on any site. The picture comes back by itself after a loss.
struct EmbedPage {
    let name: String
    let up: String
    /// The relative path from the page's folder to the source's: empty or `../`.
    let base: String
    var options = EmbedOptions()

    var text: String {
        let picture = HTML.picture(
            of: name, link: nil,
            fallback: "<noscript><img src=\"\(base)stream\" alt=\"live picture of \(HTML.escape(name))\"></noscript>")
        let clock = options.showsClock ? "<span class=\"clock\"></span>" : ""
        // The heading is for people who hear the page, even where it is not visible.
        let heading = options.showsName ? "<h1>\(HTML.escape(name))</h1>" : ""
        return HTML.page(
            title: name, up: up, script: "embed.js", bodyAttributes: " class=\"embed\" data-base=\"\(base)\"",
            body: """
                <main class="turned-\(options.turn)">
                \(options.showsName ? "" : "<h1 class=\"unseen\">\(HTML.escape(name))</h1>\n")\(picture)</div>
                <div class="label">\(heading)\(clock)</div>
                </main>
                """)
    }
}
