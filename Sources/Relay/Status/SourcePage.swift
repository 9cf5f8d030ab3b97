/// One source's live picture on a page.
struct SourcePage {
    let name: String

    var text: String {
        let name = HTML.escape(name)
        return HTML.page(
            title: self.name,
            body: """
                <h1>\(name)</h1>
                <p><img src="stream" alt="live picture of \(name)"></p>
                <p><a href="snapshot">snapshot</a> <a href="status">status</a></p>
                """)
    }
}
