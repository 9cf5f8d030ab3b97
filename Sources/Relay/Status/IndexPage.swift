/// The list of sources with their links.
struct IndexPage {
    private let sources: [SourceReport]

    init(_ sources: [SourceReport]) {
        self.sources = sources
    }

    var text: String {
        let rows = sources.map { source in
            let name = HTML.escape(source.name)
            return """
                <tr><th scope="row"><a href="\(name)/">\(name)</a></th>\
                <td class="\(source.status.state.rawValue)">\(HTML.escape(source.sentence))</td>\
                <td><a href="\(name)/stream">stream</a> <a href="\(name)/snapshot">snapshot</a> <a href="\(name)/status">status</a></td></tr>
                """
        }
        return HTML.page(
            title: "mjpeg-relay",
            body: """
                <h1>mjpeg-relay</h1>
                <table><tbody>
                \(rows.joined(separator: "\n"))
                </tbody></table>
                <p><a href="status">status of all</a></p>
                """)
    }
}
