import RelayConfiguration
import Testing

/// Checks that look at more than one value.
@Suite struct TogetherTests {
    @Test func everythingWrongIsToldAtOnceInTheOrderOfTheFile() {
        let text = """
            sources:
              status: http://h/
              front:
                url: http:///video
                prot: 1
                port: 70000
              yard: {url: http://h/, fps: 3, reconnect_min: 1m}
            defaults: {stall_timeout: 1}
            listen: nowhere
            drain_timeout: ${LIMIT}
            """
        #expect(
            problems(text) == [
                "relay.yaml:2:3: a source cannot be named 'status': /status is a route of the relay",
                "relay.yaml:4:10: 'url' in source 'front': the URL has no host",
                "relay.yaml:5:5: unknown key 'prot' in source 'front'; did you mean 'port'?",
                "relay.yaml:6:11: 'port' in source 'front' must be a port from 1 to 65535",
                "relay.yaml:7:31: 'fps' in source 'yard' is only for a file: URL; a camera sets its own pace",
                "relay.yaml:7:49: 'reconnect_min' in source 'yard' is longer than 'reconnect_max' (10s unless set)",
                "relay.yaml:8:27: 'stall_timeout' in 'defaults' must be a duration from 100ms to 1h, such as 10s",
                "relay.yaml:9:9: 'listen': the address needs a port from 0 to 65535 behind a colon, such as 0.0.0.0:8080",
                "relay.yaml:10:16: environment variable 'LIMIT' is not set; ${LIMIT:-default} would give it a default",
            ])
    }

    @Test(arguments: [
        (
            "defaults: {reconnect_min: 20s}",
            "relay.yaml:1:27: 'reconnect_min' in 'defaults' is longer than 'reconnect_max' (10s unless set)"
        ),
        (
            "defaults: {reconnect_max: 100ms}",
            "relay.yaml:1:27: 'reconnect_min' (500ms unless set) is longer than 'reconnect_max' in 'defaults'"
        ),
    ])
    func backOffOfDefaultsIsToldOnce(line: String, expected: String) {
        #expect(problems("\(line)\nsources: {a: http://a/, b: http://b/}") == [expected])
    }

    @Test func backOffIsCheckedOnlyWhereItIsInForce() {
        #expect(problems("defaults: {reconnect_min: 20s}\nsources: {a: {url: http://a/, reconnect_max: 20s}}") == [])
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
        ("http://user:secret@", "the URL has no host"),
        ("rtsp://user:secret@h/", "the URL's scheme is neither http nor https"),
        ("user:secret@h/", "a camera's URL begins with http:// (or file: for a file)"),
        ("'file:'", "the file: URL names no file"),
        ("file://h/clip", "a file is named as file:PATH or file:///PATH, without a host"),
        ("\"file:a\\nb\"", "the file: URL contains a control character"),
        ("http://h/" + String(repeating: "x", count: 8192), "the URL is longer than 8192 bytes"),
    ])
    func badURLsAreNeverEchoed(url: String, message: String) {
        #expect(problems("sources:\n  a: \(url)") == ["relay.yaml:2:6: source 'a': \(message)"])
        #expect(problems("sources:\n  a: {url: \(url)}") == ["relay.yaml:2:12: 'url' in source 'a': \(message)"])
    }

    @Test func loginAndAuthorizationExcludeEachOther() {
        #expect(
            problems("defaults: {headers: {authorization: Bearer secret}}\nsources: {a: http://u:secret@h/, b: http://h/}") == [
                "relay.yaml:1:21: source 'a' has a login in its URL and an 'Authorization' in 'headers'; keep one"
            ])
    }

    @Test func fileThatPlaysSlowerThanItStallsIsRefused() {
        let why = "source 'a' would always be stalled: at its 'fps', frames come no sooner than 'stall_timeout' ends"
        #expect(problems("sources: {a: {url: file:a, fps: 0.1}}") == ["relay.yaml:1:33: \(why)"])
        #expect(problems("sources: {a: {url: file:a, fps: 0.1, stall_timeout: 11s}}") == [])
        #expect(problems("sources: {a: file:a}\ndefaults: {stall_timeout: 100ms}") == ["relay.yaml:2:27: \(why)"])
    }

    @Test(arguments: [
        ("a${NONE}b", ["relay.yaml:2:19: environment variable 'NONE' is not set; ${NONE:-default} would give it a default"]),
        ("'${NONE}'", ["relay.yaml:2:19: environment variable 'NONE' is not set; ${NONE:-default} would give it a default"]),
        ("\"\\x61${NONE}\"", ["relay.yaml:2:18: environment variable 'NONE' is not set; ${NONE:-default} would give it a default"]),
        (
            "${NONE}${NIL}",
            [
                "relay.yaml:2:18: environment variable 'NONE' is not set; ${NONE:-default} would give it a default",
                "relay.yaml:2:25: environment variable 'NIL' is not set; ${NIL:-default} would give it a default",
            ]
        ),
        ("${}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${A", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${1A}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${A-b}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${A:-${B}}", ["relay.yaml:2:18: '${' begins neither ${NAME} nor ${NAME:-default}; write $${ for the two characters"]),
        ("${BAD}", ["relay.yaml:2:18: 'stall_timeout' in 'defaults' must be a duration from 100ms to 1h, such as 10s"]),
        ("${LONG}${LONG}", ["relay.yaml:2:25: the value is too long with its variables replaced"]),
    ])
    func variablesThatCannotBeReplaced(value: String, expected: [String]) {
        let environment = ["BAD": "secret", "LONG": String(repeating: "x", count: 40_000)]
        #expect(problems("defaults:\n  stall_timeout: \(value)\nsources: {a: http://h/}", environment: environment) == expected)
    }
}
