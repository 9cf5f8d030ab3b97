import Testing

@testable import RelayConfiguration

@Suite struct SpellingTests {
    @Test(arguments: [
        ("prot", "port"), ("ports", "port"), ("Port", "port"), ("ur", "url"), ("stall-timeout", "stall_timeout"), ("fsp", "fps"),
        ("recconect_mni", "reconnect_min"), ("maxframesize", "max_frame_size"),
    ])
    func slipsAreUnderstood(word: String, meant: String) {
        #expect(Spelling.closest(to: word, among: ConfigurationKeys.source.map(\.name)) == meant)
    }

    @Test(arguments: ["", "framerate", "quality", "resolution", "x", "timeout", String(repeating: "p", count: 1000)])
    func otherWordsBringNothingToMind(word: String) {
        #expect(Spelling.closest(to: word, among: ConfigurationKeys.source.map(\.name)) == nil)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("port", "prot", 1)])
    func distances(from: String, to: String, distance: Int) {
        #expect(Spelling.distance(Array(from.utf8), Array(to.utf8)) == distance)
        #expect(Spelling.distance(Array(to.utf8), Array(from.utf8)) == distance)
    }
}
