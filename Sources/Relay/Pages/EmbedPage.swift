/// The picture alone, healing itself, to be framed anywhere.
struct EmbedPage {
    let name: String
    let up: String
    /// Leads from the page's folder to the source's, empty or `../`.
    let base: String

    var text: String {
        HTML.page(
            title: name, up: up, script: "embed.js", bodyAttributes: " class=\"embed\" data-base=\"\(base)\"",
            body: HTML.picture(
                of: name, link: nil,
                fallback: "<noscript><img src=\"\(base)stream\" alt=\"live picture of \(HTML.escape(name))\"></noscript>") + "</div>")
    }
}
