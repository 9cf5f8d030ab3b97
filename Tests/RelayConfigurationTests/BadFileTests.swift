import RelayConfiguration
import Testing

/// Each file with exactly the lines that an operator reads.
@Suite struct BadFileTests {
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
        ("sources: {a: http://h/}\nlistn: 1", ["relay.yaml:2:1: unknown key 'listn'; did you mean 'listen'?"]),
        (
            "sources:\n  front:\n    url: http://h/\n    prot: 1",
            ["relay.yaml:4:5: unknown key 'prot' in source 'front'; did you mean 'port'?"]
        ),
        (
            "sources:\n  a: {url: http://h/, stallTimeout: 1s, Connect-Timeout: 1s, uri: x}",
            [
                "relay.yaml:2:23: unknown key 'stallTimeout' in source 'a'; did you mean 'stall_timeout'?",
                "relay.yaml:2:41: unknown key 'Connect-Timeout' in source 'a'; did you mean 'connect_timeout'?",
                "relay.yaml:2:62: unknown key 'uri' in source 'a'; did you mean 'url'?",
            ]
        ),
        (
            "sources: {a: http://h/}\nlog: {levle: info}\ndefaults: {fsp: 1}",
            [
                "relay.yaml:2:7: unknown key 'levle' in 'log'; did you mean 'level'?",
                "relay.yaml:3:12: unknown key 'fsp' in 'defaults'; did you mean 'fps'?",
            ]
        ),
        (
            "sources: {a: {url: http://h/, drain_timeout: 1s, level: true}}\ndefaults: {url: http://h/}\nstall_timeout: 1s",
            [
                "relay.yaml:1:31: unknown key 'drain_timeout' in source 'a'; it belongs at the top of the file",
                "relay.yaml:1:50: unknown key 'level' in source 'a'; it belongs in 'log'",
                "relay.yaml:2:12: unknown key 'url' in 'defaults'; it belongs in a source",
                "relay.yaml:3:1: unknown key 'stall_timeout'; it belongs in a source or in 'defaults'",
            ]
        ),
        (
            "sources: {a: {url: http://h/, user: x, quality: 3}}\nadmins: x",
            [
                "relay.yaml:1:31: unknown key 'user' in source 'a'", "relay.yaml:1:40: unknown key 'quality' in source 'a'",
                "relay.yaml:2:1: unknown key 'admins'; did you mean 'admin'?",
            ]
        ),
        (
            "sources:\n  a: &a {url: http://h/}\n  b: {<<: *a, url: http://h/}",
            ["relay.yaml:3:7: unknown key '<<' in source 'b'"]
        ),
        (
            "sources: {a: {'http://user:secret@h/': 1, url: http://h/}}",
            ["relay.yaml:1:15: unknown key in source 'a'"]
        ),
    ])
    func unknownKeys(text: String, expected: [String]) {
        #expect(problems(text) == expected)
    }

    @Test(arguments: [
        (
            "sources: {a: http://h/}\nsources: {b: http://h/}",
            ["relay.yaml:2:1: duplicate key 'sources'; the first one is at line 1"]
        ),
        (
            "sources:\n  a: http://h/\n  b: http://h/\n  'a': http://h/",
            ["relay.yaml:4:3: duplicate key 'a'; the first one is at line 2"]
        ),
        (
            "sources:\n  a:\n    url: http://h/\n    url: http://h/\n    headers: {X: a, X: b, x: c}",
            [
                "relay.yaml:4:5: duplicate key 'url'; the first one is at line 3",
                "relay.yaml:5:21: duplicate key 'X'; the first one is at line 5",
                "relay.yaml:5:27: 'headers' in source 'a': 'x' is there twice; case does not matter in field names",
            ]
        ),
        ("sources: {a: {url: http://h/, [b]: c}}", ["relay.yaml:1:31: a key must be a single value, not a list"]),
    ])
    func duplicateAndOddKeys(text: String, expected: [String]) {
        #expect(problems(text) == expected)
    }

    @Test(arguments: ["status", "metrics", "healthz", "readyz", "stream", "snapshot", "ws", "embed"])
    func reservedNames(name: String) {
        #expect(
            problems("sources:\n  \(name): http://h/") == [
                "relay.yaml:2:3: a source cannot be named '\(name)': /\(name) is a route of the relay"
            ])
    }

    @Test(arguments: ["''", "-a", ".a", "_a", "a/b", "a b", "ä", "'http://user:secret@h/'", "<<", "\"a\\0\""])
    func oddNames(name: String) {
        let expected = "relay.yaml:2:3: a source's name is made of A-Z a-z 0-9 . _ - and begins with a letter or a digit"
        #expect(problems("sources:\n  \(name): http://h/") == [expected])
    }

    @Test(arguments: ["a", "0", "A.b_c-d", "Status", "camera", "status2"])
    func fittingNames(name: String) {
        #expect(problems("sources:\n  \(name): http://h/") == [])
    }

    @Test(arguments: [
        ("defaults: {fps: 1}", ["relay.yaml: the file has no 'sources', the mapping of names to cameras"]),
        (
            "sources:",
            ["relay.yaml:1:9: 'sources' has no value; it must be a mapping of names to sources, such as front: http://192.0.2.10/video"]
        ),
        ("sources: {}", ["relay.yaml:1:10: 'sources' names no source"]),
        (
            "sources: [http://h/]",
            ["relay.yaml:1:10: 'sources' must be a mapping of names to sources, such as front: http://192.0.2.10/video, not a list"]
        ),
        ("just text", ["relay.yaml:1:1: the file must be a mapping of keys, not a single value"]),
        ("- a", ["relay.yaml:1:1: the file must be a mapping of keys, not a list"]),
        (
            "sources: {a: {port: 1}, b: , c: [x], d: {}}",
            [
                "relay.yaml:1:11: source 'a' has no 'url'", "relay.yaml:1:25: source 'b' has no 'url'",
                "relay.yaml:1:33: source 'c' must be a URL or a mapping of keys, not a list", "relay.yaml:1:38: source 'd' has no 'url'",
            ]
        ),
        (
            "sources: {a: http://h/}\ndefaults: x\nlog: [a]",
            [
                "relay.yaml:2:11: 'defaults' must be a mapping of keys, not a single value",
                "relay.yaml:3:6: 'log' must be a mapping of keys, not a list",
            ]
        ),
    ])
    func shapes(text: String, expected: [String]) {
        #expect(problems(text) == expected)
    }

    @Test(arguments: [
        ("port: 0", "'port' in source 'a' must be a port from 1 to 65535"),
        ("port: 65536", "'port' in source 'a' must be a port from 1 to 65535"),
        ("port: 080", "'port' in source 'a' must be a port from 1 to 65535"),
        ("port: [1]", "'port' in source 'a' must be a port from 1 to 65535, not a list"),
        ("port: ", "'port' in source 'a' has no value; it must be a port from 1 to 65535"),
        ("port: ~", "'port' in source 'a' has no value; it must be a port from 1 to 65535"),
        ("connect_timeout: 5", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("connect_timeout: 99ms", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("connect_timeout: 301s", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("connect_timeout: -5s", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("connect_timeout: 1.5s", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("connect_timeout: 5 s", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("connect_timeout: 5e9h", "'connect_timeout' in source 'a' must be a duration from 100ms to 5m, such as 5s"),
        ("reconnect_min: 0s", "'reconnect_min' in source 'a' must be a duration from 100ms to 10m, such as 500ms"),
        ("reconnect_max: 2h", "'reconnect_max' in source 'a' must be a duration from 100ms to 1h, such as 10s"),
        ("stall_timeout: {a: b}", "'stall_timeout' in source 'a' must be a duration from 100ms to 1h, such as 10s, not a mapping"),
        ("max_frame_size: 64KB", "'max_frame_size' in source 'a' must be a size from 1KiB to 256MiB, such as 16MiB"),
        ("max_frame_size: 1GiB", "'max_frame_size' in source 'a' must be a size from 1KiB to 256MiB, such as 16MiB"),
        ("max_frame_size: 0KiB", "'max_frame_size' in source 'a' must be a size from 1KiB to 256MiB, such as 16MiB"),
        ("max_frame_size: 999999999GiB", "'max_frame_size' in source 'a' must be a size from 1KiB to 256MiB, such as 16MiB"),
        ("max_frame_size: 99999999999999999999MiB", "'max_frame_size' in source 'a' must be a size from 1KiB to 256MiB, such as 16MiB"),
        ("headers: X", "'headers' in source 'a' must be a mapping of field names to values, not a single value"),
        ("headers: ", "'headers' in source 'a' has no value; it must be a mapping of field names to values"),
    ])
    func cameraValues(line: String, message: String) {
        // The value stands one blank behind the colon; one that is not there, at the colon's end.
        let key = line.prefix { $0 != ":" }.count
        let column = 5 + key + (line.hasSuffix(": ") ? 1 : 2)
        #expect(problems("sources:\n  a:\n    url: http://h/\n    \(line)") == ["relay.yaml:4:\(column): \(message)"])
    }

    @Test(arguments: ["0", "0.09", "121", "-1", "1e1", "0x10", ".5", "5.", "1.2.3", "nan", "inf", "1_0", "''"])
    func framesPerSecond(value: String) {
        let expected = "relay.yaml:1:36: 'fps' in source 'a' must be a number from 0.1 to 120 (frames per second)"
        #expect(problems("sources: {a: {url: file:clip, fps: \(value)}}") == [expected])
    }

    @Test(arguments: [
        ("level: warn", "'level' in 'log' must be debug, info, warning or error", 14),
        ("format: xml", "'format' in 'log' must be text or json", 15),
        ("viewers: yes", "'viewers' in 'log' must be true or false", 16),
    ])
    func logValues(line: String, message: String, column: Int) {
        #expect(problems("log: {\(line)}\nsources: {a: http://h/}") == ["relay.yaml:1:\(column): \(message)"])
    }

    @Test(arguments: [
        ("X Y: a", "this is no name of an HTTP header field"),
        ("\"\": a", "this is no name of an HTTP header field"),
        ("host: a", "'host' cannot be set: the relay writes that field itself or must not send it"),
        ("Connection: a", "'Connection' cannot be set: the relay writes that field itself or must not send it"),
        ("Content-Length: 1", "'Content-Length' cannot be set: the relay writes that field itself or must not send it"),
        ("Transfer-Encoding: a", "'Transfer-Encoding' cannot be set: the relay writes that field itself or must not send it"),
        ("X: \"secret\\r\\nY: z\"", "the value of 'X' contains a control character"),
        ("X: \"secret\\0\"", "the value of 'X' contains a control character"),
    ])
    func headerFields(line: String, message: String) {
        let expected = "relay.yaml:2:3: 'headers' in 'defaults': \(message)"
        #expect(problems("defaults: {headers: {\n  \(line)}}\nsources: {a: http://h/}") == [expected])
    }

    @Test func headerValuesOfOtherKinds() {
        #expect(
            problems("sources: {a: {url: http://h/, headers: {X: [secret], Y: , 'a:secret': {}}}}") == [
                "relay.yaml:1:44: the field 'X' of 'headers' in source 'a' must be a text, not a list",
                "relay.yaml:1:57: the field 'Y' of 'headers' in source 'a' has no value; it must be a text",
                "relay.yaml:1:71: the field of 'headers' in source 'a' must be a text, not a mapping",
            ])
    }
}
