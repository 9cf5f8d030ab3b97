/// Several pictures and nothing else, for a frame on any site or a screen on a wall. Each picture comes back by itself after a loss.
struct WallPage {
    let names: [String]
    let up: String
    var options = EmbedOptions()

    /// The number of pictures side by side on a wide screen.
    private var columns: Int {
        var columns = 1
        while columns * columns < names.count { columns += 1 }
        return columns
    }

    /// The number of pictures side by side on a high screen.
    private var columnsOnHighScreens: Int { (names.count + columns - 1) / columns }

    var text: String {
        HTML.page(
            title: names.joined(separator: ", "), up: up, script: "embed.js", bodyAttributes: " class=\"embed wall\"",
            body: """
                <main class="turned-\(options.turn) columns-\(columns) high-columns-\(columnsOnHighScreens)">
                <h1 class="unseen">Cameras</h1>
                \(names.map(section).joined(separator: "\n"))
                </main>
                """)
    }

    private func section(of name: String) -> String {
        let (text, base) = (HTML.escape(name), "\(up)\(HTML.escape(name))/")
        let picture = HTML.picture(
            of: name, link: nil, fallback: "<noscript><img src=\"\(base)stream\" alt=\"live picture of \(text)\"></noscript>")
        let clock = options.showsClock ? "<span class=\"clock\"></span>" : ""
        return """
            <section data-base="\(base)">
            \(options.showsName ? "" : "<h2 class=\"unseen\">\(text)</h2>\n")\(picture)</div>
            <div class="label">\(options.showsName ? "<h2>\(text)</h2>" : "")\(clock)</div>
            </section>
            """
    }
}
