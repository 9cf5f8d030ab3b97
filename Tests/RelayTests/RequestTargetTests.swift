import Testing

@testable import Relay

@Suite struct RequestTargetTests {
    @Test(arguments: [
        "/front/../status", "/%2e%2e/status", "/./status", "/front%2Fstream", "/a%00b", "/a%0d%0ab", "*", "front/stream", "ftp://x/y",
        "/%FF", "",
    ])
    func whatCanNameNothingIsNoTarget(uri: String) {
        #expect(RequestTarget(uri) == nil)
    }

    @Test func aQueryIsDecoded() throws {
        let target = try #require(RequestTarget("/x?a=1%202&b=c+d&e&=f&a=3#g"))
        #expect(target.value("a") == "1 2")
        #expect(target.value("b") == "c d")
        #expect(target.value("e") == "")
        #expect(target.value("z") == nil)
    }

    /// A signature must not be lost behind other keys: a wrong one would pass for none.
    @Test func aQueryHasAllItsKeysHoweverManyThereAre() throws {
        let target = try #require(RequestTarget("/x?" + String(repeating: "a=1&", count: 1000) + "sig=wrong"))
        #expect(target.value("sig") == "wrong")
    }
}
