import Accounts
import CameraURL
import RelayConfiguration
import Testing

/// The keys `publish`, `push` and `push_when`.
@Suite struct PublishKeyTests {
    private static let digits = String(repeating: "ab", count: 32)

    @Test func aSourceIsPublishedInPlaceOfAURL() throws {
        let text = """
            sources:
              a: {publish: {password: "${P}", from: [203.0.113.0/24, "2001:db8::/32", unix]}}
              b: {publish: {password_hash: "$2y$05$UK9vfiUbGryhiFjtppsM8usHt5ZqrMN/xnhwp9TXybzWbKUN023Cq"}, stall_timeout: 3s}
            """
        let sources = try parse(text, environment: ["P": "a: b"]).sources
        let publish = try #require(sources[0].publish)
        #expect(publish.password == .plain("a: b"))
        #expect(["203.0.113.9", "2001:db8::1", "unix"].allSatisfy(publish.allows))
        #expect(!["203.0.114.9", "2001:db9::1", "::1"].contains(where: publish.allows))
        #expect(!"\(sources[0])".contains("a: b") && !String(reflecting: sources[0]).contains("a: b"))
        let other = try #require(sources[1].publish)
        #expect(other.allows("198.51.100.1") && other.allows("unix"))
        #expect(sources[1].stallTimeout == .seconds(3))
        if case .hash(let hash) = other.password { #expect(hash.matches("secret")) } else { Issue.record("no hash") }
    }

    @Test func aSourceIsPushedToOneOrSeveralRelays() throws {
        let text = """
            sources:
              a: {url: http://h/, push: "wss://barn:p%40${P}@cams.example/barn/publish"}
              b:
                url: http://h/
                push: [ws://10.0.0.1:8080/b/publish, {url: "wss://h/b/publish", tls_fingerprint: \(Self.digits)}, {url: wss://i/x, tls_verify: false}]
                push_when: always
              c: http://h/
            defaults: {push_when: watched}
            """
        let sources = try parse(text, environment: ["P": "ss"]).sources
        let push = try #require(sources[0].push.first)
        #expect(sources.map(\.pushWhen) == [.watched, .always, .watched])
        #expect(push.url.login == CameraURL.Login(user: "barn", password: "p@ss"))
        #expect(push.url.scheme == .https && push.url.port == 443 && push.url.target == "/barn/publish")
        #expect("\(push)" == "wss://barn:***@cams.example/barn/publish")
        #expect(!"\(sources[0])".contains("p@ss") && !String(reflecting: sources[0]).contains("p@ss"))
        #expect(sources[1].push.map(\.url.scheme) == [.http, .https, .https])
        #expect(sources[1].push.map(\.url.port) == [8080, 443, 443])
        #expect(sources[1].push.map(\.certificateFingerprint) == [nil, CertificateFingerprint(Self.digits), nil])
        #expect(sources[1].push.map(\.verifiesCertificate) == [true, true, false])
        #expect(sources[2].push.isEmpty)
    }

    @Test(arguments: [
        ("a: {url: http://h/, publish: {password: x}}", ["relay.yaml:1:31: source 'a' has both 'url' and 'publish'; keep one"]),
        ("a: {exec: [x], publish: {password: x}}", ["relay.yaml:1:26: source 'a' has both 'exec' and 'publish'; keep one"]),
        (
            "a: {publish: {}}",
            ["relay.yaml:1:24: 'publish' in source 'a' needs exactly one of 'password', 'password_file' and 'password_hash'"]
        ),
        (
            "a: {publish: {password: x, password_file: /no/such}}",
            ["relay.yaml:1:53: 'password_file' in 'publish' in source 'a': there is no such file"]
        ),
        ("a: {publish: {password: ''}}", ["relay.yaml:1:35: 'password' in 'publish' in source 'a' must have from 1 to 511 bytes"]),
        ("a: {publish: secret}", ["relay.yaml:1:24: 'publish' in source 'a' must be a mapping of keys, not a single value"]),
        (
            "a: {publish: {password: x, fron: unix}}",
            ["relay.yaml:1:38: unknown key 'fron' in 'publish' in source 'a'; did you mean 'from'?"]
        ),
        (
            "a: {publish: {password: x, from: [1.2.3]}}",
            [
                "relay.yaml:1:45: 'from' in 'publish' in source 'a' must be an IP address, a range such as 10.0.0.0/8, unix, or a list of them"
            ]
        ),
        (
            "a: {publish: {password: x}, on_demand: true}",
            ["relay.yaml:1:50: 'on_demand' in source 'a' means nothing to a published source, whose publisher decides that"]
        ),
        ("a: {publish: {password: x}, interval: 1s}", ["relay.yaml:1:49: 'interval' in source 'a' is only for an http: or https: URL"]),
        (
            "a: {url: http://h/, push: http://u:secret@h/x}",
            [
                "relay.yaml:1:37: 'push' in source 'a': another relay's address begins with wss:// or ws://, such as wss://cams.example/barn/publish"
            ]
        ),
        (
            "a: {url: http://h/, push: 'wss://u:secret@h'}",
            ["relay.yaml:1:37: 'push' in source 'a': the address needs the path of the source there, such as wss://cams.example/barn/publish"]
        ),
        ("a: {url: http://h/, push: []}", ["relay.yaml:1:37: 'push' in source 'a' must be an address or a list of at most 16"]),
        ("a: {url: http://h/, push: [ws://h/x, 'ws://u:p@H/x']}", ["relay.yaml:1:48: 'push' in source 'a' has this address twice"]),
        (
            "a: {url: http://h/, push: {url: ws://h/x, tls_verify: false}}",
            ["relay.yaml:1:65: 'push' in source 'a': certificates are for wss:// addresses"]
        ),
        ("a: {url: http://h/, push_when: watched}", ["relay.yaml:1:42: 'push_when' in source 'a' is only for a source with 'push'"]),
        ("a: {url: http://h/, push: ws://h/x, push_when: often}", ["relay.yaml:1:58: 'push_when' in source 'a' must be watched or always"]),
        ("publish: http://h/", ["relay.yaml:1:11: a source cannot be named 'publish': /publish is a route of the relay"]),
    ])
    func mistakesAreNamed(_ source: String, _ expected: [String]) {
        let found = problems("sources: {\(source)}")
        #expect(found == expected)
        #expect(!found.joined().contains("secret"))
    }

    @Test func theCommandLinePushesToo() throws {
        let configuration = try RelayConfiguration.single(url: "http://h/", push: ["wss://barn:x@h/barn/publish"])
        #expect(configuration.sources[0].push.map(\.description) == ["wss://barn:***@h/barn/publish"])
        do throws(ConfigurationError) {
            _ = try RelayConfiguration.single(url: "http://h/", push: ["https://barn:secret@h/x"])
            Issue.record("an https:// address was taken")
        } catch {
            #expect("\(error)".hasPrefix("--push: another relay's address begins with wss:// or ws://"))
            #expect(!"\(error)".contains("secret"))
        }
    }
}
