import Foundation
import Testing

/// Every spelling of "every host" means IPv4 too.
@Suite struct AddressSpellingTests {
    @Test(arguments: ["[::]:0", "[::0]:0", "[0:0:0:0:0:0:0:0]:0", "[::0.0.0.0]:0", ":0", "0", "[::ffff:127.0.0.1]:0"])
    func fourAndSixAreServed(address: String) async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: "listen: \"\(address)\"\nsources: {clip: {url: \"file:/nonexistent\"}}\n")
            // Tests connect to 127.0.0.1.
            #expect(try await bench.get("/healthz", from: relay).status == 200)
        }
    }

    /// A reload that only spells an address in another way binds nothing.
    @Test func anotherSpellingIsNoChange() async throws {
        try await withBench { bench in
            let port = try await FreePort.find()
            let source = "sources: {clip: {url: \"file:/nonexistent\"}}\n"
            let file = try ChangingFile(bench, "listen: \"[::]:\(port)\"\n" + source)
            let relay = try bench.relay(reading: file)
            #expect(try await relay.port() == port)
            try file.write("listen: \"[0::0]:\(port)\"\n" + source)
            try await relay.reload()
            _ = try await relay.log.line(with: "configuration reloaded", "other_changes=no")
            #expect(relay.log.lines.count { $0.contains("listening") } == 1)
            #expect(try await bench.get("/healthz", from: relay).status == 200)
        }
    }
}
