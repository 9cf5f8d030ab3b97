import Foundation
import TestSupport
import Testing

/// The pages as people use them who have no mouse, no scripts, or want no motion; the status as it changes; the embedded picture's
/// options.
@Suite struct PageUseTests {
    private static let configuration = """
        listen: 127.0.0.1:0
        sources: {clip: "file:\(DashboardTests.clip)", more: "file:\(DashboardTests.clip)"}

        """
    private static let focused = "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')"

    /// Presses Tab until `name` is reached.
    private func tab(to name: String, _ browser: Browser) async throws {
        var seen: [String] = []
        for _ in 0..<20 {
            try await browser.press(Browser.Key.tab)
            seen.append(try await browser.text("\(Self.focused).trim()"))
            guard seen.last == name else { continue }
            #expect(try await browser.isTrue("getComputedStyle(document.activeElement).outlineStyle !== 'none'"), "it is seen where one is")
            return
        }
        throw NeverHappened("\(name) is reached with Tab; there were \(seen)", within: .zero)
    }

    @Test func keyboardAloneOpensEnlargesAndLeaves() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: Self.configuration)
            let base = "http://127.0.0.1:\(try await relay.port())/"
            let browser = try await Browser.start(bench)
            try await browser.open(base)
            try await browser.expectMoving("more")
            try await tab(to: "more: open large", browser)
            try await browser.press(Browser.Key.enter)
            try await eventually("the large view is open") { try await browser.address() == "\(base)more/" }
            try await eventually("it moves") { try await browser.number("document.querySelector('canvas').dataset.frames | 0") > 3 }

            let isFull = "document.fullscreenElement !== null"
            for leave in ["f", Browser.Key.escape] {
                try await browser.press("f")
                try await eventually("the picture fills the screen") { try await browser.isTrue(isFull) }
                try await browser.press(leave)
                try await eventually("it does no more") { try await browser.isTrue("!(\(isFull))") }
            }
            try await tab(to: "Full screen", browser)
            try await browser.press(Browser.Key.enter)
            try await eventually("the picture fills the screen") { try await browser.isTrue(isFull) }
            try await browser.press(Browser.Key.escape)
            try await eventually("it does no more, and the button has the focus again") {
                try await browser.isTrue("!(\(isFull)) && document.activeElement.id === 'full'")
            }

            try await browser.open("\(base)more/")
            try await tab(to: "Cameras", browser)
            try await browser.press(Browser.Key.enter)
            try await eventually("the dashboard is back") { try await browser.address() == base }
            #expect(try await browser.complaints() == [])
        }
    }

    @Test func nothingMovesBesidesThePicturesForWhoWantsLittleMotion() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: Self.configuration)
            let browser = try await Browser.start(bench)
            let moving = """
                String([...document.querySelectorAll("*")].filter((element) => {
                  const style = getComputedStyle(element);
                  return style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
                }).length)
                """
            let paths = ["/", "/clip/", "/clip/embed", "/embed?sources=clip,more", "/status"]
            for (wantsLittle, path) in [(false, "/")] + paths.map({ (true, $0) }) {
                try await browser.pretend(.desktop, wantsLittleMotion: wantsLittle)
                try await browser.open("http://127.0.0.1:\(try await relay.port())\(path)")
                #expect((try await browser.text(moving) == "0") == wantsLittle, "at \(path)")
            }
        }
    }

    @Test func statusChangesInPlaceAndKeepsTheFocus() async throws {
        try await withBench { bench in
            let file = try ChangingFile(bench, Self.configuration)
            let relay = try bench.relay(reading: file)
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/status")
            try await browser.load(script: "window.isTheSamePage = true; document.querySelector('tbody tr:last-child a').focus()")
            let viewer = try await bench.watch("/clip/stream", of: relay)
            let figures = "document.querySelector('.figures').innerText"
            try await eventually("the viewer is counted") { try await browser.text(figures).contains("viewers\n1") }
            await viewer.close()
            try await eventually("it has left") { try await browser.text(figures).contains("viewers\n0") }
            #expect(try await browser.text(Self.focused) == "more")

            // A source more, and one fewer.
            try file.write(Self.configuration.replacingOccurrences(of: "clip:", with: "added: \"file:\(DashboardTests.clip)\", clip:"))
            try await relay.reload()
            let names = "[...document.querySelectorAll('tbody th')].map((cell) => cell.innerText).join(' ')"
            try await eventually("a row more") { try await browser.text(names) == "added clip more" }
            try file.write("listen: 127.0.0.1:0\nsources: {more: \"file:\(DashboardTests.clip)\"}\n")
            try await relay.reload()
            try await eventually("two rows fewer") { try await browser.text(names) == "more" }
            #expect(try await browser.isTrue("window.isTheSamePage"))
            #expect(try await browser.isTrue("document.querySelector('.notice').hidden"))
            #expect(try await browser.complaints() == [])

            relay.end()
            try await eventually("the page says that the relay is away") {
                try await browser.text("document.querySelector('.notice:not([hidden])')?.innerText ?? ''").contains("does not answer")
            }
        }
    }

    @Test func statusPageOfASourceSaysThatItIsGone() async throws {
        try await withBench { bench in
            let file = try ChangingFile(bench, Self.configuration)
            let relay = try bench.relay(reading: file)
            let browser = try await Browser.start(bench)
            try await browser.open("http://127.0.0.1:\(try await relay.port())/more/status")
            try file.write("listen: 127.0.0.1:0\nsources: {clip: \"file:\(DashboardTests.clip)\"}\n")
            try await relay.reload()
            let notice = "(document.querySelector('.notice:not([hidden])')?.innerText ?? '')"
            try await eventually("it is gone") { try await browser.text(notice).contains("no longer here") }
            try file.write(Self.configuration)
            try await relay.reload()
            try await eventually("it is back") { try await browser.text(notice) == "" }
        }
    }

    @Test(arguments: ["/status", "/status/", "/clip/status", "/clip/status/"])
    func statusIsLoadedAgainByALinkWithoutScripts(_ path: String) async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: Self.configuration)
            let browser = try await Browser.start(bench)
            try await browser.runScripts(false)
            let base = "http://127.0.0.1:\(try await relay.port())"
            try await browser.open(base + path)
            #expect(try await browser.isTrue("document.querySelector('meta[http-equiv=refresh]') === null"))
            let viewer = try await bench.watch("/clip/stream", of: relay)
            try await bench.status(of: relay, path: "/clip/status") { $0.viewers == 1 }
            #expect(try await browser.text("document.querySelector('.figures').innerText").contains("viewers\n0"))
            _ = try await browser.text("String(document.querySelector('noscript a').click())")
            try await eventually("the page is loaded again") {
                try await browser.text("document.querySelector('.figures')?.innerText ?? ''").contains("viewers\n1")
            }
            #expect(try await browser.address() == base + (path.hasSuffix("/") ? String(path.dropLast()) : path))
            await viewer.close()
        }
    }

    @Test func embeddedPictureCarriesNameAndTimeAndIsTurned() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {front: \"\(camera.url)\"}\n")
            let connection = try await camera.connection()
            try await connection.answer()
            try await connection.send(picture: TestPicture.jpeg(1))
            let browser = try await Browser.start(bench)
            let base = "http://127.0.0.1:\(try await relay.port())/front/embed"
            let label = "(document.querySelector('.label')?.innerText ?? '')"

            try await browser.open(base)
            try await eventually("there is a picture") { try await browser.isTrue("document.querySelector('canvas').dataset.frames > 0") }
            #expect(try await browser.text(label) == "")
            #expect(try await browser.text("getComputedStyle(document.querySelector('canvas')).transform") == "none")

            try await browser.open("\(base)?clock=1&name=1&rotate=180")
            try await eventually("name and time are there") {
                try await browser.text(label).contains(/^front\s+20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/)
            }
            #expect(try await browser.text("getComputedStyle(document.querySelector('canvas')).transform") == "matrix(-1, 0, 0, -1, 0, 0)")
            // The time is the picture's: that of a dead camera stands still, and goes on with the next picture.
            let before = try await browser.text(label)
            try await Task.sleep(for: .seconds(2))
            #expect(try await browser.text(label) == before)
            try await connection.send(picture: TestPicture.jpeg(2))
            try await eventually("the time has changed") { try await browser.text(label) != before }

            for turn in [90, 270] {
                try await browser.pretend(.phone)
                try await browser.open("\(base)?rotate=\(turn)")
                let box = "document.querySelector('canvas').getBoundingClientRect()"
                let fills = "Math.abs(\(box).width - innerWidth) < 1 && Math.abs(\(box).height - innerHeight) < 1 && Math.abs(\(box).x) < 1"
                #expect(try await browser.isTrue(fills), "turned by \(turn), it fills the frame")
            }
            #expect(try await bench.get("/front/embed?rotate=45", from: relay).status == 400)
            #expect(try await browser.complaints() == [])
        }
    }
}
