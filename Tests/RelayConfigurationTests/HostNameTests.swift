import Testing

@testable import RelayConfiguration

/// The names under which the relay may be called.
@Suite struct HostNameTests {
    @Test func hostsAreRead() throws {
        let text = "sources: {a: http://h/}\nhosts: "
        #expect(
            try parse(text + "[Relay.Example, cameras.lan., xn--bcher-kva.example, my_relay]").access.hosts
                == ["relay.example", "cameras.lan", "xn--bcher-kva.example", "my_relay"])
        #expect(try parse(text + "relay").access.hosts == ["relay"])
        #expect(try parse(text + "[]").access.hosts == [])
        #expect(try parse("sources: {a: http://h/}").access.hosts == [])
        #expect(try parse(text + "relay") != parse(text + "other"))
    }

    @Test(arguments: [
        ("a", "a"), ("A.B", "a.b"), ("localhost", "localhost"), ("3com.com", "3com.com"), ("a.b.", "a.b"), ("1.2.3.4a", "1.2.3.4a"),
        ("0xg", "0xg"), ("a--b", "a--b"), (String(repeating: "a", count: 63), String(repeating: "a", count: 63)),
        (String(repeating: "a.", count: 126) + "b", String(repeating: "a.", count: 126) + "b"),
        (String(repeating: "a.", count: 126) + "b.", String(repeating: "a.", count: 126) + "b"),
    ])
    func namesAreTaken(text: String, name: String) {
        #expect(HostName.parse(text) == name)
    }

    @Test(arguments: [
        "", ".", "..", ".a", "a..b", "a..", "-a", "a-", "a.-b", "a.b-.c", "a b", "a/b", "a:80", "a:", "[::1]", "::1", "192.0.2.1",
        "1.2.3.4.",
        "1", "0x10", "a.0X7f", "a.0x", "a.1", "http://a", "user@a", "*.example", "*", "b\u{FC}cher.example", "\u{FF41}", "a\u{301}",
        "\u{212A}.lan",
        "a%41", "a,b", "a\0", "a\n", String(repeating: "a", count: 64), String(repeating: "a.", count: 126) + "bc",
    ])
    func whatIsNoNameIsRefused(text: String) {
        #expect(HostName.parse(text) == nil)
    }

    @Test func whatIsNoNameIsToldWithItsPlace() {
        let expected =
            "must be a host's name without scheme and port, such as relay.example (in ASCII: xn--… for other letters), or a list of them"
        #expect(
            problems("hosts: [relay.example, 'relay.example:8080', bücher.example]\nsources: {a: http://h/}") == [
                "relay.yaml:1:24: 'hosts' \(expected)", "relay.yaml:1:46: 'hosts' \(expected)",
            ])
        #expect(problems("hosts: {a: b}\nsources: {a: http://h/}") == ["relay.yaml:1:8: 'hosts' \(expected), not a mapping"])
        let many = (0..<65).map { "h\($0)" }.joined(separator: ", ")
        #expect(problems("hosts: [\(many)]\nsources: {a: http://h/}") == ["relay.yaml:1:8: 'hosts' holds more than 64 values"])
    }
}
