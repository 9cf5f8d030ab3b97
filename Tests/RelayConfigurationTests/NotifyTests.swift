import CameraURL
import RelayConfiguration
import Testing

/// `notify`: whom to tell that a camera is lost.
@Suite struct NotifyTests {
    private func entries(_ text: String) throws -> [NotifyConfiguration] {
        try parse("sources: {front: http://h/, yard: http://i/}\nnotify:\n\(text)").notify
    }

    private func wrong(_ text: String) -> [String] {
        problems("sources: {front: http://h/, yard: http://i/}\nnotify:\n\(text)").map { String($0.dropFirst("relay.yaml:".count)) }
    }

    @Test func programsAndAddressesAreRead() throws {
        let entries = try entries(
            """
              - exec: [bin/tell, "-x"]
                after: 2m
              - url: https://anna:secret@ntfy.example/cams?a=b
                sources: [yard, front]
                headers: {X-Key: abc}
                tls_verify: false
            """)
        #expect(entries.first == NotifyConfiguration(target: .program(["/etc/relay/bin/tell", "-x"]), after: .seconds(120)))
        let url = try CameraURL("https://anna:secret@ntfy.example/cams?a=b")
        var second = NotifyConfiguration(target: .url(url), sources: ["yard", "front"])
        second.verifiesCertificate = false
        second.headers = [HeaderField(name: "X-Key", value: "abc")]
        #expect(entries.dropFirst().first == second)
        #expect(second.after == .seconds(60))
        #expect(second.tells(of: "yard") && !second.tells(of: "garden"))
    }

    @Test func oneEntryNeedsNoList() throws {
        #expect(try entries("  {exec: [tell], sources: front}") == [NotifyConfiguration(target: .program(["tell"]), sources: ["front"])])
    }

    @Test func mistakesAreNamedWithTheirPlace() {
        #expect(wrong("  - {after: 5s}") == ["3:5: an entry of 'notify' needs 'exec' or 'url'"])
        #expect(wrong("  - {exec: [a], url: http://h/}") == ["3:6: an entry of 'notify' has both 'url' and 'exec'; keep one"])
        #expect(wrong("  - {exec: a}").first?.hasPrefix("3:12: 'exec' in 'notify' must be a list of the program") == true)
        #expect(wrong("  - {url: 'file:x'}") == ["3:11: 'url' in 'notify': an address begins with http:// or https://"])
        #expect(wrong("  - {url: 'ntfy.example'}") == ["3:11: 'url' in 'notify': an address begins with http:// or https://"])
        #expect(
            wrong("  - {exec: [a], sources: [front, frnt]}") == ["3:34: 'sources' in 'notify' names 'frnt', which is not in 'sources'"])
        #expect(wrong("  - {exec: [a], sources: []}") == ["3:26: 'sources' in 'notify' must be the name of a source or a list of them"])
        #expect(wrong("  - {exec: [a], after: 0s}").first?.contains("a duration from 1s to 24h") == true)
        #expect(wrong("  - {exec: [a], headers: {X: y}}") == ["3:26: 'headers' in 'notify' is only for a 'url'"])
        #expect(wrong("  - {exec: [a], afer: 2s}") == ["3:17: unknown key 'afer' in 'notify'; did you mean 'after'?"])
        #expect(wrong("  []").count == 1)
        #expect(wrong("  - x").first == "3:5: an entry of 'notify' must be a mapping of keys, not a single value")
    }

    @Test func noProblemRepeatsALogin() {
        for text in ["  - {url: 'http://anna:hunter2@h:99999/'}", "  - {url: 'http://anna:hunter2@/x', headers: {Authorization: hunter2}}"]
        {
            let all = wrong(text)
            #expect(!all.isEmpty && !all.contains { $0.contains("hunter2") }, "\(all)")
        }
        let both = wrong("  - {url: 'http://a:b@h/', headers: {authorization: c}}")
        #expect(both.count == 1 && both[0].contains("keep one"))
    }

    @Test func neitherDescriptionNorReflectionShowsALogin() throws {
        let all = try entries("  - {url: 'http://anna:hunter2@h/?key=hunter2', headers: {X-Key: hunter2}}")
        var dumped = ""
        dump(all, to: &dumped)
        #expect(!"\(all) \(String(reflecting: all)) \(dumped)".contains("hunter2"))
    }
}
