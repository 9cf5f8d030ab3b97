import Foundation
import Testing

@testable import RelayConfiguration

/// The relay.yaml that is shipped at the top, which is also the manual.
@Suite struct SampleFileTests {
    private let text: String

    init() throws {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        text = try String(contentsOf: top.appendingPathComponent("relay.yaml"), encoding: .utf8)
    }

    /// The lines, those of the form `#key: value` with their `#` taken away.
    private var linesInForce: [String] {
        text.components(separatedBy: "\n").map { line in
            let key = line.drop { $0 == " " }
            guard key.first == "#", key.dropFirst().first?.isLowercase == true, key.contains(":") else { return line }
            return String(line.prefix { $0 == " " } + key.dropFirst())
        }
    }

    @Test func sampleIsTwoSourcesWithNothingButDefaults() throws {
        let demo = SourceConfiguration(name: "demo", upstream: .file(path: "/etc/relay/Examples/demo.mjpeg"))
        let slow = SourceConfiguration(name: "slow", upstream: .file(path: "/etc/relay/Examples/demo.mjpeg"), fps: 5)
        #expect(try parse(text) == RelayConfiguration(sources: [demo, slow]))
    }

    @Test func defaultsWrittenInTheSampleAreTheDefaults() throws {
        let inForce = linesInForce.joined(separator: "\n")
        #expect(try parse(inForce) == parse(text))
        // The comparison is of any worth only if the lines in force are really read.
        for (line, changed) in [
            ("fps: 10", "fps: 11"), ("connect_timeout: 5s", "connect_timeout: 6s"), ("level: info", "level: debug"),
            ("drain_timeout: 5s", "drain_timeout: 6s"), ("[::]:54321", "[::]:54322"),
        ] {
            #expect(try parse(inForce.replacingOccurrences(of: line, with: changed)) != parse(text), "\(line) is not read")
        }
    }

    @Test func everyKeyIsDescribed() {
        let lines = linesInForce.map { $0.trimmingCharacters(in: .whitespaces) }
        let keys =
            ConfigurationKeys.top.map(\.name) + ConfigurationKeys.log.map(\.name) + ConfigurationKeys.source.map(\.name)
        #expect(keys.count > 15)
        for key in keys {
            let index = lines.firstIndex { $0.hasPrefix("\(key):") || $0.hasPrefix("# \(key):") }
            #expect(index != nil, "relay.yaml does not show '\(key)'")
        }
    }

    @Test func everyKeyWithADefaultShowsItInForceSomewhere() {
        let withoutDefault: Set = [
            "url", "exec", "port", "sources", "defaults", "log", "username", "password", "password_file", "tls_fingerprint", "interval",
            "placeholder", "max_viewers", "max_fps",
            "admin", "trusted_proxies", "frame_ancestors",
        ]
        let keys = ConfigurationKeys.top.map(\.name) + ConfigurationKeys.log.map(\.name) + ConfigurationKeys.source.map(\.name)
        for key in keys where !withoutDefault.contains(key) {
            let isShown = text.components(separatedBy: "\n").contains { $0.drop { $0 == " " }.hasPrefix("#\(key):") }
            #expect(isShown, "relay.yaml does not show the default of '\(key)'")
        }
    }
}
