import Testing

@testable import RelayConfiguration

/// Every spelling of an address is one address.
@Suite struct ListenAddressSpellingTests {
    @Test(arguments: [
        // Every host, IPv4 included: the relay compares with "::".
        ("[::]", "::"), ("[::0]", "::"), ("[0::]", "::"), ("[0::0]", "::"), ("[0:0:0:0:0:0:0:0]", "::"), ("[::0:0]", "::"),
        ("[0000:0000:0000:0000:0000:0000:0000:0000]", "::"), ("[::0.0.0.0]", "::"), ("[0:0::0.0.0.0]", "::"), ("", "::"),
        ("[::1]", "::1"), ("[0:0:0:0:0:0:0:1]", "::1"), ("[::0001]", "::1"), ("[::0.0.0.1]", "::1"),
        ("[2001:DB8::A]", "2001:db8::a"), ("[2001:db8:0:0:1:0:0:1]", "2001:db8::1:0:0:1"),
        ("[FE80::1%eth0]", "fe80::1%eth0"), ("[fe80:0::0:1%Eth0]", "fe80::1%Eth0"), ("[febf::1%1]", "febf::1%1"),
        // IPv4 in the form of IPv6 cannot be bound together with IPV6_V6ONLY.
        ("[::ffff:0.0.0.0]", "0.0.0.0"), ("[::FFFF:127.0.0.1]", "127.0.0.1"), ("[0:0:0:0:0:ffff:7f00:1]", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"), ("LocalHost", "localhost"), ("Relay.Example", "relay.example"),
    ])
    func spellingsOfAHostAreOne(written: String, host: String) throws {
        #expect(try ListenAddress(text: written + ":80", folder: "") == .ip(host: host, port: 80))
        #expect(try parse("sources: {a: http://h/}\nlisten: '\(written):80'").listen == [.ip(host: host, port: 80)])
    }

    @Test(arguments: [
        "[]", "[:]", "[:::]", "[::%]", "[::%eth0]", "[::1%lo]", "[2001:db8::1%eth0]", "[fe80::1%]", "[fe80::1%a b]", "[fe80::1%a%b]",
        "[fe80::1%\u{E4}]", "[::ffff:127.0.0.1%lo]", "[::256.0.0.0]", "[12345::]", "[1:2:3:4:5:6:7:8:9]", "[127.0.0.1]", "[::/0]", "[*]",
        "[::1", "::1]", "*", "0", "127.1", "0x7f.1", "127.0.0.01", "1.2.3.4.", "a b", "\u{661}.0.0.1",
    ])
    func whatIsNoHostIsRefused(written: String) {
        #expect(throws: TextError.self) { try ListenAddress(text: written + ":80", folder: "") }
    }

    /// Addresses that cannot be bound side by side are found in every spelling.
    @Test(arguments: [
        ("[::0]:80", "[::]:80"), ("[0::]:80", "127.0.0.1:80"), ("127.0.0.1:80", "[0:0::]:80"), ("[::1]:80", "[0:0::1]:80"),
        ("[::ffff:10.0.0.1]:80", "10.0.0.1:80"), ("[::ffff:0.0.0.0]:80", "10.0.0.1:80"), ("LOCALHOST:80", "localhost:80"),
        ("80", "[::0]:80"), (":80", "80"),
    ])
    func oneAddressInTwoSpellingsIsTaken(first: String, second: String) {
        #expect(
            problems("sources: {a: http://h/}\nlisten:\n- '\(first)'\n- '\(second)'") == [
                "relay.yaml:4:3: this address is already taken by 'listen' at line 3"
            ])
    }
}
