import RelayConfiguration
import Testing

/// Texts that are not one YAML document of a sensible size: a single line says why.
@Suite struct YAMLTextTests {
    @Test(arguments: ["", "\n\n", "# a comment\n", "\u{FEFF}", "---\n", "--- ~\n...\n", "null", "---\n...\n"])
    func emptyFiles(text: String) {
        #expect(problems(text) == ["relay.yaml: the file is empty; it needs at least 'sources', the mapping of names to cameras"])
    }

    @Test(arguments: [
        (Array("a: b\nü: ".utf8) + [0xFF], "relay.yaml:2:4: the file is not UTF-8 text"),
        ([0xFF, 0xFE, 0x61, 0x00], "relay.yaml:1:1: the file is not UTF-8 text"),
        ([0x61, 0xED, 0xA0, 0x80], "relay.yaml:1:2: the file is not UTF-8 text"),
        (Array("a: b\r\nc: \0".utf8), "relay.yaml:2:4: the character U+0000 cannot stand in the file"),
        (Array("a: \u{1B}[0m".utf8), "relay.yaml:1:4: the character U+001B cannot stand in the file"),
        (Array("a: \u{85}".utf8), "relay.yaml:1:4: the character U+0085 cannot stand in the file"),
        (Array("# \u{2028}\na: b".utf8), "relay.yaml:1:3: the character U+2028 cannot stand in the file"),
        (Array("\u{FEFF}a: \u{FEFF}".utf8), "relay.yaml:1:4: the character U+FEFF cannot stand in the file"),
    ])
    func bytesThatAreNoText(bytes: [UInt8], expected: String) {
        #expect(problems(bytes) == [expected])
    }

    @Test(arguments: [
        ("sources:\n\tfront: http://h/", "relay.yaml:2:1: a tab cannot indent YAML; use blanks"),
        ("sources:\n  front:\n  \turl: http://h/", "relay.yaml:3:3: a tab cannot indent YAML; use blanks"),
        ("sources:\n  - \tfront", "relay.yaml:2:5: a tab cannot indent YAML; use blanks"),
        ("sources:\n  front: http://h/\n\tback: http://h/", "relay.yaml:3:1: a tab cannot indent YAML; use blanks"),
    ])
    func tabs(text: String, expected: String) {
        #expect(problems(text) == [expected])
    }

    @Test func tabsBetweenWordsAreTaken() {
        #expect(problems("sources:\t# a comment\n  front:\thttp://h/\t# another\n") == [])
    }

    @Test(arguments: [
        (
            "sources: [http://h/",
            "relay.yaml:2:1: syntax error: did not find expected ',' or ']' (while parsing a flow sequence, line 1)"
        ),
        (
            "prot: 1\nsources:\n  a: http://h/\n b: http://h/",
            "relay.yaml:4:2: syntax error: did not find expected key (while parsing a block mapping, line 1)"
        ),
        ("sources: {a: *b}", "relay.yaml:1:14: syntax error: found undefined alias"),
        (
            "sources: {a: &b http://h/, b: &b http://h/}",
            "relay.yaml:1:31: syntax error: second occurrence (found duplicate anchor; first occurrence)"
        ),
        ("a: b: c", "relay.yaml:1:5: syntax error: mapping values are not allowed in this context"),
        ("a: 'b", "relay.yaml:1:6: syntax error: found unexpected end of stream (while scanning a quoted scalar)"),
        ("a: !x!y z", "relay.yaml:1:4: syntax error: found undefined tag handle (while parsing a node)"),
        ("%YAML 2.0\n---\na: b", "relay.yaml:1:1: syntax error: found incompatible YAML document"),
    ])
    func syntaxErrorsAreToldAlone(text: String, expected: String) {
        #expect(problems(text) == [expected])
    }

    @Test(arguments: [
        ("sources: {a: http://h/}\n---\nlisten: 1", "relay.yaml:2:1: a second document begins here; the file may hold only one"),
        ("sources: {a: http://h/}\n---\n", "relay.yaml:2:1: a second document begins here; the file may hold only one"),
        ("---\n---\nsources: {a: http://h/}", "relay.yaml:2:1: a second document begins here; the file may hold only one"),
    ])
    func severalDocuments(text: String, expected: String) {
        #expect(problems(text) == [expected])
    }

    @Test func oneDocumentMayBeMarked() {
        #expect(problems("%YAML 1.1\n---\nsources: {a: http://h/}\n...\n# the end\n") == [])
    }

    @Test(arguments: [
        (
            "sources: {a: {url: !!str 'http://h/', port: !!int 1, fps: !x 1}}",
            [
                "relay.yaml:1:45: tags are not supported", "relay.yaml:1:59: tags are not supported",
            ]
        ),
        ("sources: !!omap {a: http://h/}", ["relay.yaml:1:10: tags are not supported"]),
    ])
    func tags(text: String, expected: [String]) {
        #expect(problems(text) == expected)
    }

    @Test(arguments: [
        ("sources: &a {b: *a}", "relay.yaml:1:10: this value contains itself"),
        ("&r {sources: *r}", "relay.yaml:1:1: this value contains itself"),
        ("&r {*r : x}", "relay.yaml:1:1: this value contains itself"),
        ("x: &a [&b [*a, *b]]", "relay.yaml:1:4: this value contains itself"),
        ("x: [&a [[[[*a]]]]]", "relay.yaml:1:5: this value contains itself"),
    ])
    func valuesThatContainThemselves(text: String, expected: String) {
        #expect(problems(text) == [expected])
    }
}
