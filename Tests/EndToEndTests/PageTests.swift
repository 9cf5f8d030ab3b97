import Foundation
import Testing

/// What the relay's pages do in browsers that are not alike, in a real one.
@Suite struct PageTests {
    @Test(arguments: ["/", "/clip/", "/clip/embed"])
    func picturesPlayInABrowserThatCannotDrawInAWorker(_ path: String) async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {clip: \"file:\(DashboardTests.clip)\"}\n")
            let browser = try await Browser.start(bench)
            try await browser.beforeEachPage(run: "delete HTMLCanvasElement.prototype.transferControlToOffscreen")
            try await browser.open("http://127.0.0.1:\(try await relay.port())\(path)")
            #expect(try await browser.isTrue("!('transferControlToOffscreen' in document.querySelector('canvas'))"))
            try await eventually("the picture moves") {
                try await browser.number("document.querySelector('canvas').dataset.frames | 0") > 5
            }
            #expect(try await browser.isTrue("!document.querySelector('.picture').classList.contains('is-stale')"))
            #expect(try await browser.complaints() == [])
        }
    }
}
