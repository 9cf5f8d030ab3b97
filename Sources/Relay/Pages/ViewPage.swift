/// One source, large, with what other programs want to be told to show it too.
struct ViewPage {
    let source: SourceReport
    let up: String
    /// The port where viewers find the pictures, where that is not the one that this page came from.
    var viewersPort: Int?

    var text: String {
        let name = HTML.escape(source.name)
        let state = source.status.state.rawValue
        let bar = HTML.bar(
            up: up, content: "<h1>\(name)</h1><span class=\"pill \(state)\" role=\"status\">\(state)</span>",
            links: "<a href=\"\(up)\">Cameras</a><a href=\"status\">Status</a>")
        return HTML.page(
            title: "\(source.name) · mjpeg-relay", up: up, script: "view.js",
            body: """
                \(bar)
                <main class="narrow">
                <div class="stage">\(HTML.picture(of: source.name, link: nil, fallback: "<noscript><img src=\"stream\" alt=\"live picture of \(name)\"></noscript>"))</div></div>
                <div class="tools"><p class="facts">\(HTML.escape(source.sentence))</p>
                <button class="button" id="full" type="button" title="Full screen (f)" hidden>Full screen</button>
                <a class="button" href="snapshot" target="_blank" rel="noopener">Snapshot</a>
                <noscript><a class="button" href="stream">Stream</a></noscript></div>
                <section id="lines"\(viewersPort.map { " data-port=\"\($0)\"" } ?? "") hidden>
                <h2>Show this camera elsewhere</h2>
                <div class="lines">
                \(lines.map { Self.line($0.title, $0.text) }.joined(separator: "\n"))
                </div>
                </section>
                </main>
                """)
    }

    /// Titles and texts, in which `{base}` is the address of this page.
    private var lines: [(title: String, text: String)] {
        let name = source.name
        return [
            ("A web page: frame that heals itself", "<iframe src=\"{base}embed\" width=\"640\" height=\"360\" allowfullscreen></iframe>"),
            ("A web page: plain picture", "<img src=\"{base}stream\" alt=\"\(name)\">"),
            (
                "Home Assistant: add integration “MJPEG IP Camera”",
                "MJPEG URL:       {base}stream\nStill image URL: {base}snapshot"
            ),
            (
                "Frigate: config.yml",
                """
                go2rtc:
                  streams:
                    \(name): "ffmpeg:{base}stream#video=h264"
                cameras:
                  \(name):
                    ffmpeg:
                      inputs:
                        - path: rtsp://127.0.0.1:8554/\(name)
                          roles: [detect, record]
                """
            ),
            ("OctoPrint: webcam settings", "Stream URL:   {base}stream\nSnapshot URL: {base}?action=snapshot"),
            (
                "Klipper: moonraker.conf",
                """
                [webcam \(name)]
                service: mjpegstreamer
                stream_url: {base}stream
                snapshot_url: {base}snapshot
                """
            ),
            ("VLC", "vlc {base}stream"),
            ("ffmpeg", "ffplay -fflags nobuffer {base}stream"),
        ]
    }

    private static func line(_ title: String, _ text: String) -> String {
        """
        <article class="line"><header><h3>\(HTML.escape(title))</h3><button class="button" type="button">Copy</button></header>\
        <pre tabindex="0">\(HTML.escape(text))</pre></article>
        """
    }
}
