import NIOCore

/// The status of one or all sources as a page.
struct StatusPage {
    let relay: RelayReport
    let sources: [SourceReport]
    /// Whether this is the relay's page, on which each source links to its own.
    let isForAll: Bool

    var text: String {
        let title = isForAll ? "mjpeg-relay status" : "\(sources.first?.name ?? "") status"
        return HTML.page(
            title: title,
            body: """
                <h1>\(HTML.escape(title))</h1>
                \(isForAll ? problems : "")
                \(isForAll ? overview : details)
                <p>mjpeg-relay \(HTML.escape(relay.version)), up \(Int(relay.uptime.inSeconds)) s</p>
                """)
    }

    /// Why the last reload changed nothing.
    private var problems: String {
        guard !relay.reload.problems.isEmpty else { return "" }
        let lines = relay.reload.problems.map { "<li>\(HTML.escape($0))</li>" }
        return "<h2 class=\"refused\">The configuration was not reloaded</h2><ul>\(lines.joined())</ul>"
    }

    private var overview: String {
        let rows = sources.map { source in
            """
            <tr><th scope="row"><a href="\(HTML.escape(source.name))/status">\(HTML.escape(source.name))</a></th>\
            <td class="\(source.status.state.rawValue)">\(HTML.escape(source.sentence))</td>\
            <td>\(source.totals.viewers)</td><td>\(source.status.framesReceived)</td><td>\(Self.age(of: source))</td></tr>
            """
        }
        return """
            <table>
            <thead><tr><th>source</th><th>state</th><th>viewers</th><th>frames in</th><th>picture's age</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }

    private var details: String {
        guard let source = sources.first else { return "" }
        let picture = source.newest.map { "\($0.frame.width) × \($0.frame.height), \($0.frame.jpegLength) bytes" } ?? "none yet"
        let rows: [(String, String)] = [
            ("state", source.sentence),
            ("for", "\(Int((source.now - source.status.since).inSeconds)) s"),
            ("next try", source.retryIn.map { "in \(Int($0.rounded(.up))) s" } ?? "none due"),
            ("viewers", "\(source.totals.viewers)"),
            ("picture", picture),
            ("picture's age", Self.age(of: source)),
            ("frames in", "\(source.status.framesReceived)"),
            ("bytes in", "\(source.status.bytesReceived)"),
            ("frames out", "\(source.totals.framesSent)"),
            ("frames skipped", "\(source.totals.framesSkipped)"),
            ("bytes out", "\(source.totals.bytesSent)"),
            ("connects", "\(source.status.connects)"),
            ("media type", source.status.camera?.mediaType ?? "none"),
            ("oddities", source.status.camera.map { $0.quirks.names.joined(separator: ", ") }.flatMap { $0.isEmpty ? nil : $0 } ?? "none"),
        ]
        let lines = rows.map { "<tr><th scope=\"row\">\($0.0)</th><td>\(HTML.escape($0.1))</td></tr>" }
        return """
            <table><tbody>
            \(lines.joined(separator: "\n"))
            </tbody></table>
            """
    }

    private static func age(of source: SourceReport) -> String {
        source.age.map { "\(Duration.seconds($0).formattedSeconds)" } ?? "none yet"
    }
}
