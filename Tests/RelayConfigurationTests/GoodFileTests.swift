import CameraURL
import RelayConfiguration
import Testing

@Suite struct GoodFileTests {
    private let front = SourceConfiguration(
        name: "front", upstream: .camera(CameraURL(scheme: .http, host: "192.0.2.10", port: 80, target: "/video")))

    @Test func shortFormIsAllDefaults() throws {
        let expected = RelayConfiguration(mode: .file, listen: [.ip(host: "::", port: 54321)], sources: [front])
        #expect(try parse("sources:\n  front: http://192.0.2.10/video\n") == expected)
        #expect(try parse("sources: {front: {url: http://192.0.2.10/video}}") == expected)
        #expect(try parse("\u{FEFF}sources:\r\n  front: http://192.0.2.10/video\r\n") == expected)
    }

    @Test func everyKeyIsInForce() throws {
        let configuration = try parse(
            """
            sources:
              yard:
                url: http://user:p%40ss@192.0.2.11:8080/?action=stream
                port: 54330
                headers: {X-Key: abc, Accept: "*/*"}
                connect_timeout: 2s
                reconnect_min: 100ms
                reconnect_max: 1h
                stall_timeout: 2m
                max_frame_size: 64KiB
              clip:
                url: file:clips/a b.mjpeg
                fps: 12.5
                max_fps: 7.5
            listen: [127.0.0.1:8080, unix:relay.sock, ":9000"]
            drain_timeout: 0s
            log: {level: debug, format: json, viewers: true}
            """)
        let camera = CameraURL(
            scheme: .http, host: "192.0.2.11", port: 8080, target: "/?action=stream",
            login: CameraURL.Login(user: "user", password: "p@ss"))
        let yard = SourceConfiguration(
            name: "yard", upstream: .camera(camera), port: 54330,
            headers: [HeaderField(name: "X-Key", value: "abc"), HeaderField(name: "Accept", value: "*/*")],
            connectTimeout: .seconds(2), reconnectMin: .milliseconds(100), reconnectMax: .seconds(3600), stallTimeout: .seconds(120),
            maxFrameSize: 65536)
        let clip = SourceConfiguration(name: "clip", upstream: .file(path: "/etc/relay/clips/a b.mjpeg"), fps: 12.5, maxFPS: 7.5)
        let expected = RelayConfiguration(
            listen: [.ip(host: "127.0.0.1", port: 8080), .unix(path: "/etc/relay/relay.sock"), .ip(host: "::", port: 9000)],
            sources: [yard, clip], drainTimeout: .zero, log: LogConfiguration(level: .debug, format: .json, viewers: true))
        #expect(configuration == expected)
    }

    @Test func sourcesInheritDefaultsAndMayReplaceThem() throws {
        let configuration = try parse(
            """
            sources:
              a: http://a/
              b: {url: http://b/, connect_timeout: 3s, headers: {Y: "2"}}
              c: file:c
            defaults: {connect_timeout: 1s, stall_timeout: 7s, headers: {X: "1"}, fps: 3}
            """)
        #expect(configuration.sources.map(\.connectTimeout) == [.seconds(1), .seconds(3), .seconds(1)])
        #expect(configuration.sources.map(\.stallTimeout) == [.seconds(7), .seconds(7), .seconds(7)])
        #expect(configuration.sources.map { $0.headers.map(\.name) } == [["X"], ["Y"], ["X"]])
        #expect(configuration.sources.map(\.fps) == [3, 3, 3])
    }

    @Test func sourcesKeepTheOrderOfTheFile() throws {
        let names = (0..<200).map { "s\(($0 * 77) % 200)" }
        let text = "sources:\n" + names.map { "  \($0): http://h/\n" }.joined()
        #expect(try parse(text).sources.map(\.name) == names)
    }

    @Test func aliasesStandForWhatTheyName() throws {
        let configuration = try parse(
            "sources:\n  a: &camera {url: http://h/, reconnect_max: &long 1m}\n  b: *camera\ndefaults: {reconnect_max: *long}")
        #expect(configuration.sources.map(\.name) == ["a", "b"])
        #expect(configuration.sources.map(\.reconnectMax) == [.seconds(60), .seconds(60)])
    }

    @Test func emptySectionsSetNothing() throws {
        #expect(try parse("sources: {front: http://192.0.2.10/video}\ndefaults:\nlog: ~") == RelayConfiguration(sources: [front]))
    }

    @Test func authorizationMayBeSetWithoutALogin() throws {
        #expect(try parse("sources: {a: {url: http://h/, headers: {Authorization: Bearer x}}}").sources.first?.headers.count == 1)
    }

    @Test func nothingShowsACredential() throws {
        let text = """
            sources:
              a: {url: "http://user:secret@h/?pwd=secret", headers: {X-Key: secret}}
              b: {url: http://h/, headers: {Authorization: Bearer secret}}
            """
        let configuration = try parse(text)
        var shown = "\(configuration) \(String(reflecting: configuration)) \(configuration.sources) \(configuration.sources.map(\.headers))"
        dump(configuration, to: &shown)
        for source in configuration.sources {
            dump(source.headers, to: &shown)
            shown += "\(source.upstream) \(String(reflecting: source))"
        }
        #expect(shown.contains("X-Key"))
        #expect(!shown.contains("secret"))
    }
}
