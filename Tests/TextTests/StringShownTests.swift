import Testing
import Text

@Suite struct StringShownTests {
    @Test func shownTextIsCutByScalars() {
        #expect("abc".shown(limit: 2) == "ab")
        #expect("a\u{0}b\u{7F}c".shown() == "abc")
        #expect(String(repeating: "e\u{301}", count: 100).shown().unicodeScalars.count == 80)
        #expect("grün ☃".shown() == "grün ☃")
    }
}
