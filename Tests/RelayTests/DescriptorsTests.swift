import CameraURL
import Logging
import RelayConfiguration
import Testing

@testable import Relay

/// What is kept free for sources, and what listeners may accept.
@Suite struct DescriptorsTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Those of a process that has nothing open but what is counted.
    private static func make(_ sources: [SourceConfiguration], listeners: Int) -> Descriptors {
        let descriptors = Descriptors(limit: 100_000, open: 20, lowestFree: { 20 }, logger: logger)
        descriptors.use(SourceNeeds(RelayConfiguration(listen: [], sources: sources)), listeners: listeners)
        return descriptors
    }

    private static func program(_ name: String) -> SourceConfiguration {
        SourceConfiguration(name: name, upstream: .program(["true"]))
    }

    @Test func connectionsLeaveWhatSourcesNeedWhetherTheyRunOrNot() {
        let none = Self.make([], listeners: 1).maxConnections
        let descriptors = Self.make((0..<10).map { Self.program("p\($0)") }, listeners: 1)
        // Three for each, and what one of them needs besides while it starts.
        #expect(none - descriptors.maxConnections == 30 + Self.program("p").descriptors.atStart - 3)
        let before = descriptors.maxConnections
        let need = Self.program("p").descriptors
        let claims = (0..<10).map { _ in DescriptorClaim(descriptors) }
        for claim in claims {
            #expect(claim.take(need))
            claim.started(need)
        }
        #expect(descriptors.maxConnections == before)
        for claim in claims { claim.release() }
        #expect(descriptors.maxConnections == before)
    }

    @Test func listenersShareWhatIsLeft() {
        let descriptors = Self.make([], listeners: 2)
        let most = descriptors.maxConnections
        var taken = 0
        while true {
            let places = descriptors.takePlaces(atMost: 64)
            guard places > 0 else { break }
            taken += places
        }
        // A few remain for those who are there already.
        while descriptors.takePlace() { taken += 1 }
        #expect(taken == most)
        descriptors.connectionOpened()
        #expect(!descriptors.takePlace())
        descriptors.connectionClosed()
        #expect(descriptors.takePlace())
        descriptors.givePlacesBack(most)
        #expect(descriptors.maxConnections == most)
    }

    @Test func needsAreThoseOfWhatIsConfigured() throws {
        func need(_ text: String, alternatives: [String] = []) throws -> SourceNeeds.Need {
            var source = SourceConfiguration(name: "a", upstream: .camera(try CameraURL(text)))
            source.alternatives = try alternatives.map { .camera(try CameraURL($0)) }
            return source.descriptors
        }
        #expect(try need("http://192.0.2.1/") == SourceNeeds.Need(atStart: 1, running: 1))
        #expect(try need("http://[2001:db8::1]/") == SourceNeeds.Need(atStart: 1, running: 1))
        // A look-up, or two addresses side by side.
        #expect(try need("http://camera.example/") == SourceNeeds.Need(atStart: 2, running: 2))
        // One that is sought beside another.
        #expect(try need("http://192.0.2.1/", alternatives: ["http://192.0.2.2/"]) == SourceNeeds.Need(atStart: 3, running: 3))
        var off = Self.program("p")
        off.enabled = false
        #expect(SourceNeeds(RelayConfiguration(listen: [], sources: [off])) == SourceNeeds())
    }
}
