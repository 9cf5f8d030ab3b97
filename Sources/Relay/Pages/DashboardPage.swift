/// The grid of all sources. `dashboard.js` makes the pictures live; without JavaScript the page shows a snapshot of each source and its
/// links.
struct DashboardPage {
    let sources: [SourceReport]
    let up: String

    var text: String {
        let summary = "\(sources.filter { $0.status.state == .streaming }.count) of \(sources.count) live"
        let bar = HTML.bar(
            up: up, content: "<span class=\"summary\">\(summary)</span>",
            links: "<a href=\"./\" aria-current=\"page\">Cameras</a><a href=\"status\">Status</a>")
        return HTML.page(
            title: "mjpeg-relay", up: up, script: "dashboard.js",
            body: """
                \(bar)
                <p class="notice" role="alert" hidden>The relay does not answer. The pictures below are old; it is tried again by itself.</p>
                <main>
                <h1 class="unseen">Cameras</h1>
                <div class="grid">
                \(sources.map { Self.tile(name: $0.name, state: $0.status.state.rawValue, facts: $0.sentence) }.joined(separator: "\n"))
                </div>
                <p class="empty"\(sources.isEmpty ? "" : " hidden")>There is no camera here yet. Name one in relay.yaml and send the relay a SIGHUP.</p>
                </main>
                <template id="tile">\(Self.tile(name: "", state: "connecting", facts: ""))</template>
                """)
    }

    private static func tile(name: String, state: String, facts: String) -> String {
        let name = HTML.escape(name)
        // The page's script fills in the empty parts of the template.
        let link = name.isEmpty ? "./" : "\(name)/"
        // A snapshot without `wake=0` would connect a camera that is not connected.
        let query = state == "idle" ? "?wake=0" : ""
        let fallback = name.isEmpty ? "" : "<noscript><img src=\"\(name)/snapshot\(query)\" alt=\"\(name)\" loading=\"lazy\"></noscript>"
        let links =
            name.isEmpty ? "" : "<noscript> <a href=\"\(name)/stream\">stream</a> <a href=\"\(name)/snapshot\">snapshot</a></noscript>"
        return """
            <article class="tile" data-name="\(name)" data-state="\(state)" aria-label="\(name)">
            \(HTML.picture(of: name, link: link, fallback: fallback))
            <button class="wake" type="button" hidden>Wake the camera</button></div>
            <div class="caption"><h2><a href="\(link)" tabindex="-1">\(name)</a></h2><span class="pill \(state)">\(state)</span>
            <p class="facts">\(HTML.escape(facts))\(links)</p></div>
            </article>
            """
    }
}
