import RelayConfiguration
import Testing

/// Checks of a source that look at more than one value.
@Suite struct SourceCheckTests {
    @Test(arguments: [
        (
            "defaults: {reconnect_min: 20s}",
            "relay.yaml:1:27: 'reconnect_min' in 'defaults' is longer than 'reconnect_max' (10s unless set)"
        ),
        (
            "defaults: {reconnect_max: 100ms}",
            "relay.yaml:1:27: 'reconnect_min' (500ms unless set) is longer than 'reconnect_max' in 'defaults'"
        ),
    ])
    func backOffOfDefaultsIsToldOnce(line: String, expected: String) {
        #expect(problems("\(line)\nsources: {a: http://a/, b: http://b/}") == [expected])
    }

    @Test func backOffIsCheckedOnlyWhereItIsInForce() {
        #expect(problems("defaults: {reconnect_min: 20s}\nsources: {a: {url: http://a/, reconnect_max: 20s}}") == [])
    }

    @Test func loginAndAuthorizationExcludeEachOther() {
        #expect(
            problems("defaults: {headers: {authorization: Bearer secret}}\nsources: {a: http://u:secret@h/, b: http://h/}") == [
                "relay.yaml:1:21: source 'a' has a login in its URL and an 'Authorization' in 'headers'; keep one"
            ])
    }

    @Test func fileThatPlaysSlowerThanItStallsIsRefused() {
        let why = "source 'a' would always be stalled: at its 'fps', frames come no sooner than 'stall_timeout' ends"
        #expect(problems("sources: {a: {url: file:a, fps: 0.1}}") == ["relay.yaml:1:33: \(why)"])
        #expect(problems("sources: {a: {url: file:a, fps: 0.1, stall_timeout: 11s}}") == [])
        #expect(problems("sources: {a: file:a}\ndefaults: {stall_timeout: 100ms}") == ["relay.yaml:2:27: \(why)"])
    }
}
