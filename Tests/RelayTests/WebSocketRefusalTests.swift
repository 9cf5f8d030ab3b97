import NIOHTTP1
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct WebSocketRefusalTests {
    @Test(
        arguments: [
            // What browsers send with an ordinary request, the origin in its query, whether a WebSocket would be let in.
            ([], "http://relay.example:54321", true), ([], "http://127.0.0.1:54321", true),
            ([("Authorization", "Basic eA==")], "http://relay.example:54321", true),
            ([("Authorization", "Basic eA==")], "http://cams.example", false), ([("Cookie", "a=b")], "http://cams.example", false),
            // The query can take a right away, never give one.
            ([("Origin", "https://evil.example"), ("Cookie", "a=b")], "http://relay.example:54321", false),
            ([("Origin", "http://relay.example:54321"), ("Cookie", "a=b")], "https://evil.example", true),
        ] as [([(String, String)], String, Bool)])
    func pageThatAsksWhyHearsWhatItsWebSocketWouldGet(_ fields: [(String, String)], _ origin: String, isAllowed: Bool) {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/x/ws", headers: HTTPHeaders(fields))
        #expect(PictureAccess.allowsWebSocket(head, .anyone, host: "relay.example:54321", originInQuery: origin) == isAllowed)
    }
}
