import CameraURL
import Glibc
import RelayConfiguration
import Testing

/// The keys of a source for logins, https, redirects, single pictures, programs and several addresses.
@Suite struct SourceKeyTests {
    private static let digits = String(repeating: "ab", count: 32)

    private func source(_ text: String, environment: [String: String] = [:]) throws -> SourceConfiguration {
        try #require(try parse(text, environment: environment).sources.first)
    }

    private func camera(_ upstream: SourceConfiguration.Upstream) -> CameraURL? {
        if case .camera(let url) = upstream { url } else { nil }
    }

    @Test func everyKeyIsInForce() throws {
        let source = try source(
            """
            sources:
              a:
                url: [https://192.0.2.1/v, "http://u:p@192.0.2.2/", file:clip]
                username: admin
                password: "p@:/%?#!$ ä"
                tls_fingerprint: \(Self.digits)
                redirects: any
                interval: 250ms
                failback: 2m
            """)
        let login = CameraURL.Login(user: "admin", password: "p@:/%?#!$ ä")
        #expect(camera(source.upstream)?.login == login)
        #expect(source.alternatives.map { camera($0)?.login } == [CameraURL.Login(user: "u", password: "p"), nil])
        #expect(source.certificateFingerprint == CertificateFingerprint(Self.digits))
        #expect(source.redirects == .any)
        #expect(source.interval == .milliseconds(250))
        #expect(source.failback == .seconds(120))
        #expect(!"\(source)".contains("p@:") && !String(reflecting: source).contains("p@:"))
    }

    @Test func theDefaultsAreTheSafeOnes() throws {
        let source = try source("sources: {a: https://h/}")
        #expect(source.verifiesCertificate && source.certificateFingerprint == nil && source.redirects == .same)
        #expect(source.interval == nil && source.alternatives.isEmpty && source.failback == .seconds(60))
        #expect(camera(source.upstream)?.port == 443)
    }

    @Test func aSourceReplacesWhatDefaultsSay() throws {
        let sources = try parse(
            """
            sources:
              own: {url: https://h/, tls_verify: false, username: me, password: mine}
              pinned: {url: https://h/, tls_fingerprint: \(Self.digits)}
              url: https://u:p@h/
              all: https://h/
              clip: file:clip
              program: {exec: [./cam, "-"]}
            defaults: {tls_fingerprint: \(String(repeating: "00", count: 32)), username: any, password: all, interval: 1s}
            """
        ).sources
        #expect(sources.map(\.verifiesCertificate) == [false, true, true, true, true, true])
        #expect(sources[0].certificateFingerprint == nil)
        #expect(sources[1].certificateFingerprint == CertificateFingerprint(Self.digits))
        #expect(
            sources.map { camera($0.upstream)?.login?.description } == ["me:***", "any:***", "u:***", "any:***", nil, nil])
        #expect(sources.prefix(4).map { camera($0.upstream)?.login?.password } == ["mine", "all", "p", "all"])
        #expect(sources[5].upstream == .program(["/etc/relay/./cam", "-"]))
    }

    @Test func aProgramIsAListOfWords() throws {
        let text = "sources: {a: {exec: [ffmpeg, -i, 'rtsp://u:${P}@h/', '', -], port: 99}}"
        #expect(try source(text, environment: ["P": "x y"]).upstream == .program(["ffmpeg", "-i", "rtsp://u:x y@h/", "", "-"]))
    }

    @Test(arguments: [
        ("a: {url: http://h/, exec: [x]}", ["relay.yaml:1:31: source 'a' has both 'url' and 'exec'; keep one"]),
        ("a: {port: 1}", ["relay.yaml:1:11: source 'a' has no 'url'"]),
        (
            "a: {url: https://h/, tls_verify: true, tls_fingerprint: \(digits)}",
            [
                "relay.yaml:1:67: 'tls_verify' and 'tls_fingerprint' in source 'a' exclude each other: a fingerprint is checked in place of everything else"
            ]
        ),
        (
            "a: {url: https://h/, tls_fingerprint: abc}",
            [
                "relay.yaml:1:49: 'tls_fingerprint' in source 'a' must be the SHA-256 of a certificate, 64 hexadecimal digits with or without colons"
            ]
        ),
        ("a: {url: 'http://u:p@h/', username: x}", ["relay.yaml:1:47: source 'a' has a login in its URL and a 'username'; keep one"]),
        ("a: {url: http://h/, password: x}", ["relay.yaml:1:41: 'password' in source 'a' needs a 'username'"]),
        (
            "a: {url: http://h/, username: x, headers: {authorization: y}}",
            ["relay.yaml:1:53: source 'a' has a 'username' and an 'Authorization' in 'headers'; keep one"]
        ),
        ("a: {url: http://h/, redirects: all}", ["relay.yaml:1:42: 'redirects' in source 'a' must be same or any"]),
        ("a: {url: http://h/, interval: 1}", ["relay.yaml:1:41: 'interval' in source 'a' must be a duration from 100ms to 1h, such as 1s"]),
        ("a: {url: file:x, interval: 1s}", ["relay.yaml:1:38: 'interval' in source 'a' is only for an http: or https: URL"]),
        ("a: {exec: [x], username: u}", ["relay.yaml:1:36: 'username' in source 'a' is only for an http: or https: URL"]),
        (
            "a: {exec: ffmpeg -i x}",
            [
                "relay.yaml:1:21: 'exec' in source 'a' must be a list of the program and its arguments, such as [ffmpeg, -i, rtsp://…, -f, mpjpeg, -]"
            ]
        ),
        ("a: {exec: ['']}", ["relay.yaml:1:22: 'exec' in source 'a': this cannot be a program's name or argument"]),
        ("a: {url: []}", ["relay.yaml:1:20: 'url' in source 'a' must be a URL or a list of at most 16"]),
        ("a: {url: [http://h/, x]}", ["relay.yaml:1:32: 'url' in source 'a': a camera's URL begins with http:// (or file: for a file)"]),
        (
            "a: {url: http://h/, username: u, password_file: /no/such/file}",
            ["relay.yaml:1:59: 'password_file' in source 'a': there is no such file"]
        ),
        (
            "a: {url: http://h/, username: u, password_file: /etc}",
            ["relay.yaml:1:59: 'password_file' in source 'a': this is a directory, not a file"]
        ),
    ])
    func mistakesAreNamed(_ source: String, _ expected: [String]) {
        #expect(problems("sources: {\(source)}") == expected)
    }

    @Test(arguments: [
        ("secret", "secret"), ("p@ss word\n", "p@ss word"), ("crlf\r\n", "crlf"), ("two\nlines", nil), ("", ""), (" x ", " x "),
        (String(repeating: "x", count: 5000), nil),
    ])
    func passwordFilesHoldOneLine(_ content: String, _ password: String?) throws {
        let path = "/tmp/mjpeg-relay-password-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        let file = try #require(fopen(path, "w"))
        fputs(content, file)
        fclose(file)
        defer { unlink(path) }
        let text = "sources: {a: {url: http://h/, username: u, password_file: \(path)}}"
        guard let password else {
            #expect(problems(text).count == 1)
            #expect(!problems(text).joined().contains("two"))
            return
        }
        #expect(try camera(self.source(text).upstream)?.login == CameraURL.Login(user: "u", password: password))
    }

    @Test func aPasswordComesFromOnePlace() throws {
        let path = "/tmp/mjpeg-relay-password-\(getpid())"
        let file = try #require(fopen(path, "w"))
        fputs("x", file)
        fclose(file)
        defer { unlink(path) }
        let found = problems("sources: {a: {url: http://h/, username: u, password: p, password_file: \(path)}}")
        #expect(
            found == [
                "relay.yaml:1:72: 'password' and 'password_file' in source 'a' exclude each other: the password comes from one of them"
            ])
    }
}
