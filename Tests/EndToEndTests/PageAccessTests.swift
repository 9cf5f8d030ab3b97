import Foundation
import TestSupport
import Testing

/// Whether everyone can use the pages, judged by axe-core and vnu, which Tests/page-judges installs.
@Suite(.enabled(if: PageJudges.mustJudge, "Tests/page-judges has not been run"))
struct PageAccessTests {
    /// A camera in each state that looks different, and a page of each kind.
    private static func relay(_ bench: Bench) async throws -> RelayProcess {
        let relay = try bench.relay(
            configuration: """
                listen: 127.0.0.1:0
                sources:
                  clip: "file:\(DashboardTests.clip)"
                  gone: {url: "http://127.0.0.1:9/video", reconnect_min: 60s, reconnect_max: 60s}
                  idle: {url: "file:\(DashboardTests.clip)", on_demand: true}
                  closed: {url: "file:\(DashboardTests.clip)", enabled: false}
                """)
        try await bench.status(of: relay, path: "/clip/status") { $0.state == "streaming" }
        try await bench.status(of: relay, path: "/gone/status") { $0.state == "waiting" }
        return relay
    }

    private static let paths = [
        "/", "/clip/", "/gone/", "/clip/embed", "/gone/embed", "/clip/embed?name=1&clock=1&rotate=90", "/embed?sources=clip,gone",
        "/embed?sources=gone,clip,closed&name=1&clock=1", "/status", "/clip/status",
        "/gone/status",
    ]

    @Test(arguments: [true, false])
    func axeFindsNothing(withScripts scripts: Bool) async throws {
        try await withBench { bench in
            let port = try await Self.relay(bench).port()
            let axe = try PageJudges.axe
            let browser = try await Browser.start(bench)
            for screen in Screen.allCases {
                for isDark in [false, true] {
                    try await browser.pretend(screen, isDark: isDark)
                    for path in Self.paths {
                        try await browser.runScripts(scripts)
                        try await browser.open("http://127.0.0.1:\(port)\(path)")
                        if scripts, !path.contains("status") {
                            try await eventually("the page shows its source") {
                                try await browser.isTrue(
                                    "[...document.querySelectorAll('canvas')].some((canvas) => canvas.dataset.frames > 1)"
                                        + " || document.querySelector('.is-stale')")
                            }
                        }
                        // axe is a script too; the page keeps what it was built without.
                        try await browser.runScripts(true)
                        try await browser.load(script: axe)
                        let found = try await browser.text(PageJudges.findings)
                        #expect(found == "", "at \(path), \(screen), dark: \(isDark), scripts: \(scripts)")
                    }
                }
            }
        }
    }

    @Test func vnuFindsNothing() async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench)
            let folder = try bench.folder()
            var files: [String] = []
            for (number, path) in Self.paths.enumerated() {
                let page = try await bench.get(path, from: relay, ["Accept: text/html"])
                #expect(page.status == 200)
                files.append("\(folder)/\(number).html")
                try Data(page.body).write(to: URL(filePath: files[number]))
            }
            let judge = try bench.program("java", ["-jar", PageJudges.vnu] + files)
            #expect(try await judge.exitStatus(within: .seconds(60)) == 0)
            #expect(judge.errors.text == "")
            // It does find what is wrong.
            let bad = try bench.file(named: "bad.html", text: "<!doctype html><html lang=en><title>t</title><p><div>x</p>")
            #expect(try await bench.program("java", ["-jar", PageJudges.vnu, bad]).exitStatus(within: .seconds(60)) == 1)
        }
    }

    @Test func axeDoesFindWhatIsWrong() async throws {
        try await withBench { bench in
            let web = try await bench.camera(CameraScript.page("<!doctype html><title>t</title><img src=x><a href=x></a>"))
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(web.port)/")
            try await browser.load(script: try PageJudges.axe)
            let found = try await browser.text(PageJudges.findings)
            for rule in ["image-alt", "link-name", "html-has-lang", "landmark-one-main"] { #expect(found.contains(rule)) }
        }
    }
}
