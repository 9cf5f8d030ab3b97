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
        let lines = text.components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let keys =
            ConfigurationKeys.top.map { ($0.name, $0.hasDefault) } + ConfigurationKeys.log.map { ($0.name, $0.hasDefault) }
            + ConfigurationKeys.inheritable.map { ($0.name, $0.hasDefault) }
        #expect(keys.count { $0.1 } > 20 && keys.count { !$0.1 } > 10)
        for (key, hasDefault) in keys where key != "log" && key != "sources" && key != "defaults" {
            if lines.contains(where: { $0.hasPrefix("#\(key):") }) { continue }
            #expect(!hasDefault, "relay.yaml does not show the default of '\(key)'")
            // In the comment above it, as far as that goes without a blank line.
            let index = lines.firstIndex { $0.hasPrefix("# \(key):") } ?? 0
            let comment = lines[..<index].reversed().prefix { !$0.isEmpty }.reversed().joined(separator: " ").replacing(" # ", with: " ")
            let says = ["no default", "No default", "the default is"].contains { comment.contains($0) }
            #expect(says, "relay.yaml does not say what holds without '\(key)': \(comment)")
        }
    }
}
