import Foundation
import TestSupport
import Testing

/// `/embed?sources=…`: several pictures and nothing else.
@Suite struct WallTests {
    private static func moves(_ place: Int) -> String { "(document.querySelectorAll('canvas')[\(place)]?.dataset.frames | 0) > 3" }

    @Test func picturesMoveAndHealEachByItself() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    defaults: {stall_timeout: 1s, reconnect_max: 1s}
                    sources: {clip: "file:\(DashboardTests.clip)", front: "\(camera.url)", more: "file:\(DashboardTests.clip)"}
                    """)
            let base = "http://127.0.0.1:\(try await relay.port())"
            let browser = try await Browser.start(bench)
            for path in ["/embed?sources=clip,front,more&name=1", "/embed/?sources=clip,front,more,clip&name=1"] {
                try await browser.open(base + path)
                for place in 0..<3 { try await eventually("picture \(place) at \(path)") { try await browser.isTrue(Self.moves(place)) } }
                #expect(try await browser.number("document.querySelectorAll('canvas').length") == 3)
            }
            let names = "[...document.querySelectorAll('.label h2')].map((name) => name.innerText).join(' ')"
            #expect(try await browser.text(names) == "clip front more")
            // Nothing else: no links, no bar, and the pictures fill the window.
            #expect(try await browser.number("document.querySelectorAll('a, nav, header').length") == 0)
            let fits = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
            let tops = "new Set([...document.querySelectorAll('section')].map((one) => one.getBoundingClientRect().top)).size"
            #expect(try await browser.isTrue(fits))
            #expect(try await browser.number(tops) == 2, "two and one")

            let first = "document.querySelectorAll('section')[0].querySelector('.picture')"
            let second = "document.querySelectorAll('section')[1].querySelector('.picture')"
            #expect(try await browser.complaints() == [])
            await camera.goAway()
            try await eventually("the one says that it is lost") { try await browser.isTrue("\(second).classList.contains('is-stale')") }
            #expect(try await browser.isTrue("!\(first).classList.contains('is-stale')"))
            try await camera.comeBack()
            try await eventually("it is back") { try await browser.isTrue("!\(second).classList.contains('is-stale')") }

            try await browser.pretend(.phone)
            try await browser.open("\(base)/embed?sources=clip,more&rotate=90")
            #expect(try await browser.number(tops) == 2, "one above the other")
            #expect(try await browser.isTrue(fits))
            let box = "document.querySelector('canvas').getBoundingClientRect()"
            let cell = "document.querySelector('section').getBoundingClientRect()"
            #expect(try await browser.isTrue("Math.abs(\(box).width - \(cell).width) < 1 && Math.abs(\(box).height - \(cell).height) < 1"))
        }
    }

    @Test func badNamesGetASentence() async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {a: \"file:\(DashboardTests.clip)\", b: {url: \"file:x\", listed: false}}\n")
            let many = (1...65).map { "a\($0)" }.joined(separator: ",")
            for query in ["", "?sources=", "?sources", "?sources=a,,b", "?sources=,", "?sources=\(many)", "?sources=a&rotate=45"] {
                let reply = try await bench.get("/embed\(query)", from: relay)
                #expect(
                    reply.status == 400 && reply.text.contains(query.contains("rotate") ? "rotate is" : "sources is a list"), "\(query)")
            }
            for query in ["nobody", "a,nobody", "..%2Fa", "a/b", "a%00"] {
                #expect(try await bench.get("/embed?sources=\(query)", from: relay).status == 404, "\(query)")
            }
            let reply = try await bench.get("/embed?sources=a,b", from: relay)
            #expect(reply.status == 200 && reply["Content-Security-Policy"]?.contains("frame-ancestors *") == true)
            #expect(try await bench.get("/embed?sources=a", from: relay, method: "POST").status == 405)
        }
    }

    @Test func nobodySeesWhatIsNotForHim() async throws {
        try await withBench { bench in
            let clip = "\"file:\(DashboardTests.clip)\""
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    users: {anna: {password: geheim12}, berta: {password: geheim12}}
                    sources:
                      open: {url: \(clip), viewers: everyone}
                      annas: {url: \(clip), viewers: [anna]}
                      users: \(clip)
                    """)
            func get(_ names: String, _ user: String?) async throws -> HTTPReply {
                let login = user.map { ["Authorization: Basic \(Data("\($0):geheim12".utf8).base64EncodedString())"] } ?? []
                return try await bench.get("/embed?sources=\(names)", from: relay, login)
            }
            #expect(try await get("open", nil).status == 200)
            for names in ["open,annas", "annas", "nobody", "open,nobody", ""] {
                #expect(try await get(names, nil).status == 401, "\(names)")
            }
            let bertas = try await get("open,annas,users", "berta")
            #expect(bertas.status == 200 && !bertas.text.contains("annas") && bertas.text.contains("data-base=\"users/\""))
            #expect(try await get("annas", "berta").status == 403)
            #expect(try await get("annas,open", "anna").text.contains("data-base=\"annas/\""))
            #expect(try await get("nobody", "anna").status == 404)
            #expect(try await get("open", "carla").status == 401)
        }
    }
}
