import Accounts
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct ProgramLineTests {
    private let lines = ProgramLine.all(for: "front.Door-1")

    @Test func whatHealsItselfComesFirstAndTheOthersSayThatTheyDoNot() throws {
        #expect(lines.first?.text.contains("{base}embed") == true)
        #expect(lines.first?.title.contains("recommended") == true)
        let plain = try #require(lines.first { $0.text.contains("<img") })
        #expect(plain.note?.contains("does not heal") == true)
        #expect(lines.first { $0.title.hasPrefix("OctoPrint") }?.note?.contains("does not heal") == true)
    }

    @Test(arguments: [
        "Home Assistant", "Frigate", "go2rtc", "ZoneMinder", "motion", "Viseron", "OctoPrint", "Klipper", "VLC", "ffmpeg", "mpv",
        "GStreamer",
        "OpenCV",
    ])
    func everyProgramHasItsLine(_ program: String) {
        #expect(lines.count { $0.title.hasPrefix(program) } == 1)
    }

    @Test func zoneMinderIsPacedByTheRelay() throws {
        let line = try #require(lines.first { $0.title.hasPrefix("ZoneMinder") })
        #expect(line.text.contains("{path}?action=snapshot"))
        #expect(!line.text.contains("/snapshot"))
        #expect(line.note?.contains("Maximum FPS") == true)
    }

    @Test func onlyKnownPartsOfTheAddressAreNamed() {
        for line in lines {
            for match in "\(line.text) \(line.note ?? "")".matches(of: /\{(\w+)\}/) {
                #expect(["base", "scheme", "host", "port", "path"].contains(String(match.1)), "in \(line.title)")
            }
        }
    }
}

/// The lines of those who publish a source.
@Suite struct PublisherLineTests {
    private let lines = ProgramLine.publishers(of: "front.Door-1")

    @Test(arguments: ["Another relay", "ffmpeg", "curl"]) func everyProgramHasItsLine(_ program: String) throws {
        let line = try #require(lines.first { $0.title.hasPrefix(program) })
        #expect(line.text.contains("publish") && line.text.contains("NAME:PASSWORD"))
        for match in line.text.matches(of: /\{(\w+)\}/) {
            #expect(["base", "scheme", "ws", "authority", "path"].contains(String(match.1)), "in \(line.title)")
        }
    }

    @Test func onlyAPublishedSourcesPageHasThem() async throws {
        let publish = PublishConfiguration(password: .plain("sesame"))
        let sources = [SourceConfiguration(name: "door", upstream: .publisher(publish)), RunningRelay.clipSource()]
        try await RunningRelay.with(RelayConfiguration(listen: [RunningRelay.loopback], sources: sources)) { ports in
            let port = try #require(ports.first)
            try await RawClient.run {
                let page = try RawClient.get(port, "/door/").body
                #expect(page.contains("Publish this camera") && page.contains("push: {ws}://NAME:PASSWORD@{authority}{path}publish"))
                #expect(!page.contains("sesame"))
                let other = try RawClient.get(port, "/clip/").body
                #expect(!other.contains("Publish this camera") && other.contains("Show this camera elsewhere"))
            }
        }
    }
}
