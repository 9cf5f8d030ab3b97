import NIOCore

/// The status of one or all sources as a page.
struct StatusPage {
    let relay: RelayReport
    let sources: [SourceReport]
    /// Whether this is the status of the whole relay, on which each source has a link to its own status.
    let isForAll: Bool
    /// Whether the relay has a dashboard at its top.
    let hasDashboard: Bool
    let up: String
    /// The relative path from the page's folder to the source's: empty or `../`.
    let base: String

    var text: String {
        let name = sources.first?.name ?? ""
        let title = isForAll ? "mjpeg-relay" : name
        let cameras = hasDashboard ? "<a href=\"\(up.isEmpty ? "./" : up)\">Cameras</a>" : ""
        let here = "<a href=\"\(base)status\" aria-current=\"page\">Status</a>"
        let bar = HTML.bar(up: up, content: "<h1>\(isForAll ? "Status" : HTML.escape(name))</h1>", links: cameras + here)
        return HTML.page(
            title: "\(title) · status", up: up, script: "status.js",
            body: """
                \(bar)
                <p class="notice" role="alert" hidden></p>
                <main class="narrow">
                \(problems)\(figures)
                \(isForAll ? overview : details + viewers)
                <p class="foot">mjpeg-relay \(HTML.escape(relay.version)), up \(Figures.duration(relay.uptime.inSeconds)).
                Also as <a href="?format=json">JSON</a>\(isForAll ? " and as <a href=\"\(up)metrics\">metrics</a>" : "").\
                <noscript> <a href="\(base)status">Load it again</a></noscript></p>
                </main>
                """)
    }

    private var problems: String { reloadProblems + certificateProblems }

    private var certificateProblems: String {
        let certificates = relay.certificates.filter { $0.problem != nil }
        guard isForAll, !certificates.isEmpty else { return "" }
        let lines = relay.isForOperator ? certificates.compactMap(\.problem).map { "<br>" + HTML.escape($0) }.joined() : ""
        return "<p class=\"problems\"><strong>A certificate on disk cannot be used; the one before is still shown.</strong>\(lines)</p>\n"
    }

    private var reloadProblems: String {
        guard isForAll, !relay.reload.problems.isEmpty else { return "" }
        let lines = relay.isForOperator ? relay.reload.problems.map { "<br>" + HTML.escape($0) }.joined() : ""
        return "<p class=\"problems\"><strong>The configuration on disk is not in force: it has mistakes.</strong>\(lines)</p>\n"
    }

    /// The most important figures.
    private var figures: String {
        let live = sources.filter { $0.status.state == .streaming }.count
        let bitsIn = sources.reduce(0) { $0 + $1.rates.bitsIn }
        let bitsOut = sources.reduce(0) { $0 + $1.rates.bitsOut }
        var pairs = [
            ("viewers", "\(sources.reduce(0) { $0 + $1.totals.viewers })"), ("incoming", Figures.bitRate(bitsIn)),
            ("outgoing", Figures.bitRate(bitsOut)),
        ]
        if isForAll {
            pairs.insert(("cameras live", "\(live) of \(sources.count)"), at: 0)
            pairs.append(("memory", relay.process.memoryBytes.map { Figures.bytes(UInt64($0)) } ?? "unknown"))
            pairs.append(("descriptors", relay.process.descriptors.map { "\($0)" } ?? "unknown"))
        } else if let source = sources.first {
            pairs.insert(("frames per second", Figures.decimal(source.rates.framesIn)), at: 0)
            pairs.append(("picture's age", source.age.map { "\(Duration.seconds($0).formattedSeconds)" } ?? "none yet"))
        }
        return "<dl class=\"figures\">" + pairs.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined() + "</dl>"
    }

    private var overview: String {
        let rows = sources.map { source in
            let name = HTML.escape(source.name)
            return """
                <tr><th scope="row"><a href="\(up)\(name)/status">\(name)</a></th><td>\(Self.state(of: source))</td>\
                <td class="number">\(Figures.decimal(source.rates.framesIn))</td>\
                <td class="number">\(Figures.bitRate(source.rates.bitsIn))</td><td class="number">\(source.totals.viewers)</td>\
                <td class="number">\(Figures.bitRate(source.rates.bitsOut))</td><td class="number">\(Self.age(of: source))</td></tr>
                """
        }
        return """
            <div class="table" tabindex="0" role="region" aria-label="cameras"><table>
            <thead><tr><th>camera</th><th>state</th><th class="number">fps</th><th class="number">in</th><th class="number">viewers</th>\
            <th class="number">out</th><th class="number">picture's age</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }

    private var details: String {
        guard let source = sources.first else { return "" }
        let status = source.status
        let picture = source.newest.map { "\($0.frame.width) × \($0.frame.height), \(Figures.bytes(UInt64($0.frame.jpegLength)))" }
        var rows: [(String, String)] = [("state", Self.state(of: source))]
        func add(_ title: String, _ text: String?) { if let text { rows.append((title, HTML.escape(text))) } }
        add("for", Figures.duration((source.now - status.since).inSeconds))
        add("next try", source.retryIn.map { "in \(Int($0.rounded(.up))) s" })
        add("picture", picture ?? "none yet")
        if relay.isForOperator { add("camera", source.address) }
        if relay.isForOperator {
            for (place, address) in source.addresses.enumerated() {
                let (state, reason) = source.stateOfAddress(place)
                add("address \(place + 1)", "\(address): \(reason ?? (state == "in_use" ? "in use" : "not tried yet"))")
            }
        }
        add("media type", source.shown(\.mediaType))
        add("boundary", source.shown(\.boundary))
        if let learnt = source.shown(\.learntBoundary), learnt != status.camera?.boundary?.shown { add("boundary in use", learnt) }
        add("server", source.shown(\.server))
        if let quirks = status.camera?.quirks.names, !quirks.isEmpty { add("quirks", quirks.joined(separator: ", ")) }
        if let dropped = status.camera?.picturesDropped, dropped > 0 {
            add("pictures dropped", "\(dropped), cut or broken, since the last connect")
        }
        add("connects", "\(status.connects), of them \(source.reconnects) again")
        add("frames in", "\(Figures.count(status.framesReceived)) (\(Figures.bytes(status.bytesReceived)))")
        add("frames out", "\(Figures.count(source.totals.framesSent)) (\(Figures.bytes(source.totals.bytesSent)))")
        if let limit = source.limit {
            add("limited by", "\(limit.limit.rawValue), to \(Figures.decimal(limit.framesPerSecond)) frames per second for each viewer")
        }
        add("frames skipped", "\(Figures.count(source.totals.framesSkipped)), for viewers that were behind")
        let lines = rows.map { "<tr><th scope=\"row\">\($0.0)</th><td>\($0.1)</td></tr>" }
        return
            "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"details\"><table class=\"details\"><tbody>\n\(lines.joined(separator: "\n"))\n</tbody></table></div>"
    }

    private var viewers: String {
        guard let source = sources.first, relay.isForOperator else { return "" }
        guard !source.hub.viewers.isEmpty else { return "<h2>Viewers</h2><p class=\"quiet\">Nobody is watching.</p>" }
        let rows = source.hub.viewers.map { viewer in
            """
            <tr><th scope="row">\(HTML.escape(viewer.origin.description))</th>\
            <td class="number">\(Figures.duration((source.now - viewer.since).inSeconds))</td>\
            <td class="number">\(Figures.count(viewer.framesSent))</td><td class="number">\(Figures.count(viewer.framesSkipped))</td>\
            <td class="number">\(viewer.lastArrival.map { Duration.seconds((source.now - $0).inSeconds).formattedSeconds } ?? "")</td></tr>
            """
        }
        let more = source.totals.viewers - source.hub.viewers.count
        return """
            <h2>Viewers</h2>
            <div class="table" tabindex="0" role="region" aria-label="viewers"><table><thead><tr><th>address</th><th class="number">for</th><th class="number">frames sent</th>\
            <th class="number">skipped</th><th class="number">its picture's age</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            \(more > 0 ? "<p class=\"quiet\">and \(more) more</p>" : "")
            """
    }

    /// A pill with the state, and the reason under it while there is one.
    private static func state(of source: SourceReport) -> String {
        let state = source.status.state
        let pill = "<span class=\"pill \(state.rawValue)\">\(state.rawValue)</span>"
        guard state != .streaming, let reason = source.reason else { return pill }
        return pill + "<span class=\"reason\">\(HTML.escape(reason))</span>"
    }

    private static func age(of source: SourceReport) -> String {
        source.age.map { $0 < 100 ? "\(Duration.seconds($0).formattedSeconds)" : Figures.duration($0) } ?? "none yet"
    }
}
