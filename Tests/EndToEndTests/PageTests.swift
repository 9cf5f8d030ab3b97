import Foundation
import TestSupport
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

    @Test func pagesWorkAtAnAddressWithALoginAndKeepThePasswordToThemselves() async throws {
        try await withBench { bench in
            // The camera that will be lost is a relay too.
            let camera = try bench.relay("-p", "0", "file:\(DashboardTests.clip)")
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    sources:
                      clip: "file:\(DashboardTests.clip)"
                      there: http://127.0.0.1:\(try await camera.port())/stream
                      sleepy: {url: "file:\(DashboardTests.clip)", on_demand: true, linger: 1s}
                    """)
            let viewer = try await bench.watch("/sleepy/stream", of: relay)
            _ = try await viewer.part()
            await viewer.close()
            try await bench.status(of: relay, path: "/sleepy/status") { $0.state == "idle" }
            let browser = try await Browser.start(bench)
            let host = "127.0.0.1:\(try await relay.port())"
            let base = "http://us%20er:s3cr%40t@\(host)"

            try await browser.open("\(base)/")
            #expect(try await browser.address().contains("s3cr"), "else this browser proves nothing")
            try await browser.expectMoving("clip")
            #expect(try await browser.isTrue("document.querySelector('.notice').hidden"))
            try await eventually("a sleeping camera's last picture is seen") {
                try await browser.isTrue("document.querySelector('[data-name=sleepy] img')?.naturalWidth === 640")
            }

            try await browser.open("\(base)/clip/")
            try await eventually("the large view moves, and the status is there") {
                try await browser.isTrue(
                    "document.querySelector('canvas').dataset.frames > 5 && document.querySelector('.bar .pill').textContent === 'Live'")
            }
            let lines = try await browser.text("[...document.querySelectorAll('.line pre')].map((line) => line.textContent).join('\\n')")
            #expect(lines.contains("http://\(host)/clip/embed"))
            for address in lines.matches(of: /https?:\/\/[^\s"#]+/).map(\.0) where address.contains("/clip/") {
                #expect(address.hasPrefix("http://\(host)/clip/"), "a line has an address that is not the page's own")
            }
            #expect(!lines.contains("s3cr") && !lines.contains("us%20er") && !lines.contains("us er"))
            #expect(try await browser.isTrue("!document.documentElement.outerHTML.includes('s3cr')"))

            try await browser.open("\(base)/there/embed")
            try await eventually("the picture alone moves") {
                try await browser.number("document.querySelector('canvas').dataset.frames | 0") > 5
            }
            camera.end()
            // The relay's answer to the question for the source's health.
            try await eventually("it says why the camera is lost") {
                try await browser.text("document.querySelector('.message').textContent").contains("No signal")
            }
            #expect(try await browser.complaints().filter { !$0.contains("503") } == [])
        }
    }

    @Test func linesForOtherProgramsAreCompleteAndTrue() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {clip: \"file:\(DashboardTests.clip)\"}\n")
            let port = try await relay.port()
            let browser = try await Browser.start(bench, "--host-resolver-rules=MAP cams.example 127.0.0.1")
            // What all lines and notes say; the hint when it is seen.
            let texts = "[...document.querySelectorAll('.line pre, .line .note')].map((line) => line.innerText).join('\\n')"
            let hint = "(document.querySelector('.hint').hidden ? '' : document.querySelector('.hint').innerText)"

            try await browser.open("http://127.0.0.1:\(port)/clip/")
            try await eventually("the lines are there") { try await browser.isTrue("!document.querySelector('#lines').hidden") }
            #expect(try await browser.text(hint).contains("in place of 127.0.0.1"))
            let here = try await browser.text(texts)
            #expect(!here.contains("{") && !here.contains("}"))
            #expect(here.contains("Host Name: 127.0.0.1\nPort:      \(port)\nPath:      /clip/?action=snapshot"))
            let addresses = Set(here.matches(of: /http:\/\/[^\s"#]+/).map { String($0.0) })
            #expect(addresses.count >= 4)
            for address in addresses {
                let target = try #require(URL(string: address.hasSuffix(".") ? String(address.dropLast()) : address))
                #expect(target.port == port)
                let path = target.path() + (target.query().map { "?\($0)" } ?? "")
                let reply = try await bench.get(path, from: relay, method: "HEAD")
                #expect(reply.status == 200, "for \(address)")
                let type = path.hasSuffix("embed") ? "text/html" : path.hasSuffix("snapshot") ? "image/jpeg" : "multipart/x-mixed-replace"
                #expect(reply["Content-Type"]?.hasPrefix(type) == true, "for \(address)")
            }

            try await browser.open("http://cams.example:\(port)/clip/")
            try await eventually("the lines are there") { try await browser.isTrue("!document.querySelector('#lines').hidden") }
            #expect(try await browser.text(hint) == "")
            #expect(try await browser.text(texts).contains("Host Name: cams.example\n"))
            #expect(try await browser.complaints() == [])
        }
    }
}
