import Testing

@testable import Relay

@Suite struct JSONValueTests {
    @Test(arguments: [
        (JSONValue.null, "null"), (.bool(true), "true"), (.integer(-3), "-3"), (.number(1.23456), "1.235"), (.number(.nan), "null"),
        (.string("a\"b\\c\n\u{1}\u{2028}é"), #""a\"b\\c\n\u0001\u2028é""#), (.array([.integer(1), .null]), "[1,null]"),
        (.object([("a", .integer(1)), ("b", .object([]))]), #"{"a":1,"b":{}}"#),
    ])
    func isJSON(value: JSONValue, text: String) {
        #expect(value.description == text)
    }
}
