/// One source, large, with the lines to copy into other programs.
struct ViewPage {
    let source: SourceReport
    let up: String
    /// The port at which viewers find the pictures; nil where it is the port of this page.
    var viewersPort: Int?

    var text: String {
        let name = HTML.escape(source.name)
        let state = source.status.state.rawValue
        let bar = HTML.bar(
            up: up, content: "<h1>\(name)</h1><span class=\"pill \(state)\">\(state)</span>",
            links: "<a href=\"\(up)\">Cameras</a><a href=\"status\">Status</a>")
        return HTML.page(
            title: "\(source.name) · mjpeg-relay", up: up, script: "view.js",
            body: """
                \(bar)
                <main class="narrow">
                <div class="stage">\(HTML.picture(of: source.name, link: nil, fallback: "<noscript><img src=\"stream\" alt=\"live picture of \(name)\"></noscript>"))</div></div>
                <p class="unseen" id="news" role="status"></p>
                <div class="tools"><p class="facts">\(HTML.escape(source.sentence))</p>
                <button class="button" id="full" type="button" title="Full screen (f)" hidden>Full screen</button>
                <a class="button" href="snapshot" target="_blank" rel="noopener">Snapshot</a>
                <noscript><a class="button" href="stream">Stream</a></noscript></div>
                <section id="lines"\(viewersPort.map { " data-port=\"\($0)\"" } ?? "") hidden>
                \(source.isPublished ? Self.publishing(source.name) : "")
                <h2>Show this camera elsewhere</h2>
                <p class="hint" hidden>This page was opened by an address that only this machine understands. Programs on other machines want its name or \
                address on the network in place of {hostname}.</p>
                <div class="lines">
                \(ProgramLine.all(for: source.name).map(Self.article).joined(separator: "\n"))
                </div>
                </section>
                </main>
                """)
    }

    private static func publishing(_ name: String) -> String {
        """
        <h2>Publish this camera</h2>
        <p class="note">With the password that relay.yaml has under publish, and any name.</p>
        <div class="lines">
        \(ProgramLine.publishers(of: name).map(article).joined(separator: "\n"))
        </div>
        """
    }

    private static func article(_ line: ProgramLine) -> String {
        """
        <article class="line"><header><h3>\(HTML.escape(line.title))</h3><button class="button" type="button">Copy</button></header>\
        <pre>\(HTML.escape(line.text))</pre>\(line.note.map { "<p class=\"note\">\(HTML.escape($0))</p>" } ?? "")</article>
        """
    }
}
