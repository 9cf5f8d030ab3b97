import RelayConfiguration
import Testing

/// The addresses and ports that the relay listens on, and those that exclude each other.
@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("\"[::]:54321\"", ListenAddress.ip(host: "::", port: 54321), "[::]:54321"),
        ("0.0.0.0:8080", .ip(host: "0.0.0.0", port: 8080), "0.0.0.0:8080"),
        ("localhost:8080", .ip(host: "localhost", port: 8080), "localhost:8080"),
        ("\":8080\"", .ip(host: "::", port: 8080), "[::]:8080"),
        ("8080", .ip(host: "::", port: 8080), "[::]:8080"),
        ("127.0.0.1:0", .ip(host: "127.0.0.1", port: 0), "127.0.0.1:0"),
        ("'[fe80::1%eth0]:80'", .ip(host: "fe80::1%eth0", port: 80), "[fe80::1%eth0]:80"),
        ("unix:/run/relay.sock", .unix(path: "/run/relay.sock"), "unix:/run/relay.sock"),
    ])
    func listenAddressesAreReadAndShown(text: String, address: ListenAddress, shown: String) throws {
        #expect(try parse("sources: {a: http://h/}\nlisten: \(text)").listen == [address])
        #expect(address.description == shown)
    }

    @Test(arguments: [
        "listen: ['127.0.0.1:80', '[::1]:80']", "listen: ['0.0.0.0:80', '[::1]:80']", "listen: [127.0.0.1:0, 127.0.0.1:0]",
        "listen: [127.0.0.1:80, 127.0.0.2:80]",
    ])
    func addressesThatFitSideBySideAreTaken(line: String) throws {
        #expect(try parse("sources: {a: http://h/}\n\(line)").listen.count == 2)
    }

    @Test func socketPathOf107BytesFits() throws {
        let path = "/" + String(repeating: "é", count: 53)
        #expect(path.utf8.count == 107)
        #expect(try parse("sources: {a: http://h/}\nlisten: unix:\(path)").listen == [.unix(path: path)])
    }

    @Test(arguments: [
        ("::1:80", "an IPv6 address stands in brackets, with the port behind them: [::]:54321"),
        ("'[::1'", "an IPv6 address stands in brackets, with the port behind them: [::]:54321"),
        ("'[::1]'", "an IPv6 address stands in brackets, with the port behind them: [::]:54321"),
        ("'[x]:80'", "no IPv6 address stands between the brackets"),
        ("127.0.0.1", "the address needs a port from 0 to 65535 behind a colon, such as 0.0.0.0:8080"),
        ("'127.0.0.1:'", "the address needs a port from 0 to 65535 behind a colon, such as 0.0.0.0:8080"),
        ("127.0.0.1:65536", "the address needs a port from 0 to 65535 behind a colon, such as 0.0.0.0:8080"),
        ("300.0.0.1:80", "the address's host is neither an IP address nor a name"),
        ("http://u:secret@h:80", "an IPv6 address stands in brackets, with the port behind them: [::]:54321"),
        ("h/x:80", "the address's host is neither an IP address nor a name"),
        ("'unix:'", "the unix: address names no path"),
        ("\"unix:/a\\0b\"", "the unix: path contains a control character"),
        (
            "unix:/" + String(repeating: "a", count: 107),
            "the unix: path is longer than 107 bytes, the most that a socket's address holds"
        ),
        (
            "unix:" + String(repeating: "a", count: 97),
            "the unix: path is longer than 107 bytes, the most that a socket's address holds"
        ),
    ])
    func listenAddresses(text: String, message: String) {
        #expect(problems("sources: {a: http://h/}\nlisten:\n  - \(text)") == ["relay.yaml:3:5: 'listen': \(message)"])
    }

    @Test(arguments: [
        ("listen: []", "relay.yaml:2:9: 'listen' is an empty list; it must hold an address, such as 0.0.0.0:8080"),
        ("listen: {a: b}", "relay.yaml:2:9: 'listen' must be an address, such as 0.0.0.0:8080, or a list of them, not a mapping"),
        ("listen: ", "relay.yaml:2:8: 'listen' has no value; it must be an address, such as 0.0.0.0:8080, or a list of them"),
        (
            "listen: [" + (0..<65).map { ":\($0 + 1)" }.map { "'\($0)'" }.joined(separator: ",") + "]",
            "relay.yaml:2:9: 'listen' holds more than 64 addresses"
        ),
    ])
    func listenShapes(line: String, expected: String) {
        #expect(problems("sources: {a: http://h/}\n\(line)") == [expected])
    }

    @Test(arguments: [
        (
            "sources:\n  a: {url: http://h/, port: 8080}\n  b: {url: http://h/, port: 8081}\n  c: {url: http://h/, port: 8080}",
            ["relay.yaml:4:29: this port is already taken by source 'a' at line 2"]
        ),
        (
            "sources:\n  a: {url: http://h/, port: 54321}",
            ["relay.yaml:2:29: this port is already taken by 'listen', which is [::]:54321 unless set"]
        ),
        (
            "sources:\n  a: {url: http://h/, port: 8080}\nlisten:\n  - 127.0.0.1:8080\n  - 127.0.0.1:8081",
            ["relay.yaml:4:5: this address is already taken by source 'a' at line 2"]
        ),
        (
            "listen: [127.0.0.1:1, 127.0.0.1:1, '0.0.0.0:1', '[::]:2', '[::1]:2', 'h:2']\nsources: {a: http://h/}",
            [
                "relay.yaml:1:23: this address is already taken by 'listen' at line 1",
                "relay.yaml:1:36: this address is already taken by 'listen' at line 1",
                "relay.yaml:1:59: this address is already taken by 'listen' at line 1",
                "relay.yaml:1:70: this address is already taken by 'listen' at line 1",
            ]
        ),
        (
            "listen: [unix:a, unix:/etc/relay/a]\nsources: {a: http://h/}",
            ["relay.yaml:1:18: this address is already taken by 'listen' at line 1"]
        ),
        (
            "listen: unix:a\nsources: {a: {url: http://h/, port: 1}}",
            ["relay.yaml:2:37: 'port' in source 'a' has no host to be opened on: 'listen' names none"]
        ),
        (
            "sources:\n  a: &a {url: http://h/, port: 8080}\n  b: *a",
            ["relay.yaml:2:32: this port is already taken by source 'a' at line 2"]
        ),
    ])
    func portsUsedTwice(text: String, expected: [String]) {
        #expect(problems(text) == expected)
    }
}
