import Foundation
import TestSupport
import Testing

/// What pages do when the network freezes their connections without a word: they stay open, and nothing comes any more.
@Suite struct PageHealingTests {
    /// Notes in the page the longest time in milliseconds in which it knew of no new picture.
    private static let watchGaps = """
        (() => {
          const canvas = document.querySelector("canvas");
          let last = performance.now();
          window.longestGap = 0;
          window.gapSoFar = () => performance.now() - last;
          new MutationObserver(() => {
            window.longestGap = Math.max(window.longestGap, performance.now() - last);
            last = performance.now();
          }).observe(canvas, { attributes: true, attributeFilter: ["data-frames"] });
        })()
        """
    private static let frames = "Number(document.querySelector('canvas').dataset.frames ?? 0)"
    private static let isStale = "document.querySelector('.picture').classList.contains('is-stale')"
    private static let message = "(document.querySelector('.picture .message:not([hidden])')?.innerText ?? '')"

    private func expectMoving(_ browser: Browser) async throws {
        let before = try await browser.number(Self.frames)
        try await eventually("the picture moves") { try await browser.number(Self.frames) >= before + 3 }
    }

    /// A page a few seconds after its start, when the browser still keeps the connections by which it loaded the page's files: it
    /// would use them, frozen as they are, for the next questions.
    private func page(_ path: String, _ bench: Bench) async throws -> (Browser, Forwarder) {
        let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {clip: \"file:\(DashboardTests.clip)\"}\n")
        let forwarder = try await Forwarder.start(bench, to: try await relay.port())
        let browser = try await Browser.start(bench)
        try await browser.open("http://127.0.0.1:\(forwarder.port)\(path)")
        try await expectMoving(browser)
        _ = try await browser.text("String(\(Self.watchGaps))")
        try await expectMoving(browser)
        return (browser, forwarder)
    }

    @Test(arguments: ["/", "/clip/", "/clip/embed"])
    func pictureIsBackTenSecondsAfterAllConnectionsFroze(_ path: String) async throws {
        try await withBench { bench in
            let (browser, forwarder) = try await page(path, bench)
            // The second time as well as the first.
            for round in 1...2 {
                let before = forwarder.connectionCount
                let shown = try await browser.number(Self.frames)
                await forwarder.freeze()
                try await eventually("the page sees nothing new") { try await browser.number("gapSoFar()") > 2000 }
                #expect(try await browser.number(Self.frames) <= shown + 5)
                try await expectMoving(browser)
                #expect(forwarder.connectionCount > before)
                let gap = try await browser.number("longestGap")
                #expect(gap < 10_000, "milliseconds without a picture in round \(round) at \(path)")
                try await eventually("nothing is called old any more", within: .seconds(10)) {
                    try await browser.isTrue("!\(Self.isStale) && \(Self.message) === ''")
                }
            }
        }
    }

    @Test(arguments: ["/", "/clip/", "/clip/embed"])
    func pictureIsBackSoonAfterANetworkThatWasAway(_ path: String) async throws {
        try await withBench { bench in
            let (browser, forwarder) = try await page(path, bench)
            await forwarder.goAway()
            try await eventually("the page says that it has no connection", within: .seconds(15)) {
                try await browser.isTrue("\(Self.isStale) && \(Self.message).includes('No connection')")
            }
            // Attempts that were made meanwhile hang as well.
            try await eventually("it has been away for a while", within: .seconds(20)) { try await browser.number("gapSoFar()") > 15_000 }
            let before = try await browser.number(Self.frames)
            forwarder.comeBack()
            try await eventually("the picture is back", within: .seconds(10)) { try await browser.number(Self.frames) > before }
            try await eventually("nothing is called old any more", within: .seconds(10)) {
                try await browser.isTrue("!\(Self.isStale) && \(Self.message) === ''")
            }
            try await expectMoving(browser)
        }
    }
}
