import NIOHTTP1
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct PictureAccessTests {
    @Test(
        arguments: [
            // Policy, fields of the request, the name by which the browser knows the relay, whether it may.
            (CORSPolicy.anyone, [], true),
            (.anyone, [("Origin", "https://other.example")], true),
            (.anyone, [("Origin", "https://other.example"), ("Cookie", "a=b")], false),
            (.anyone, [("Origin", "https://other.example"), ("Authorization", "Basic eA==")], false),
            (.anyone, [("Origin", "http://relay.example:54321"), ("Cookie", "a=b")], true),
            (.nobody, [], true),
            (.nobody, [("Origin", "http://RELAY.example:54321")], true),
            (.nobody, [("Origin", "http://relay.example")], false),
            (.nobody, [("Origin", "null")], false),
            (.origins(["https://home.example"]), [("Origin", "https://home.example"), ("Cookie", "a=b")], true),
            (.origins(["https://home.example"]), [("Origin", "https://home.example.evil")], false),
        ] as [(CORSPolicy, [(String, String)], Bool)])
    func pagesThatMayReadPicturesMayOpenSockets(_ policy: CORSPolicy, _ fields: [(String, String)], isAllowed: Bool) {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/x/ws", headers: HTTPHeaders(fields))
        #expect(PictureAccess.allowsWebSocket(head, policy, host: "relay.example:54321") == isAllowed)
    }
}
