import Testing

@testable import Relay

@Suite struct EmbedOptionsTests {
    @Test(arguments: [
        ("", EmbedOptions()), ("?clock=1", EmbedOptions(showsClock: true)), ("?name=1&clock=0", EmbedOptions(showsName: true)),
        ("?rotate=0", EmbedOptions()), ("?rotate=180", EmbedOptions(turn: 180)), ("?rotate=90&t=17123", EmbedOptions(turn: 90)),
        ("?clock=1&name=1&rotate=270", EmbedOptions(showsClock: true, showsName: true, turn: 270)),
    ])
    func areReadFromTheQuery(_ query: String, _ options: EmbedOptions) throws {
        #expect(try EmbedOptions(try #require(RequestTarget("/front/embed\(query)"))) == options)
    }

    @Test(arguments: [
        "clock=", "clock=yes", "clock=2", "name=front", "name=01", "rotate=", "rotate=45", "rotate=-90", "rotate=360", "rotate=90.0",
        "rotate=+90", "rotate=180deg",
    ])
    func badOnesAreNamed(_ query: String) throws {
        let target = try #require(RequestTarget("/front/embed?\(query)"))
        let error = #expect(throws: QueryError.self) { try EmbedOptions(target) }
        let key = query.prefix { $0 != "=" }
        #expect(error?.sentence.hasPrefix("\(key) is ") == true)
    }

    @Test func pageHoldsNoMoreThanWasAskedFor() {
        let plain = EmbedPage(name: "front", up: "../", base: "").text
        #expect(!plain.contains("class=\"clock\""))
        #expect(plain.contains("<h1 class=\"unseen\">front</h1>"))
        let full = EmbedPage(name: "front", up: "../", base: "", options: EmbedOptions(showsClock: true, showsName: true, turn: 180)).text
        #expect(full.contains("<h1>front</h1><span class=\"clock\"></span>"))
        #expect(full.contains("<main class=\"turned-180\">"))
    }
}
