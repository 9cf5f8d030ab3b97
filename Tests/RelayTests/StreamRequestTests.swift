import NIOCore
import NIOHTTP1
import Testing

@testable import Relay

@Suite struct StreamRequestTests {
    private func request(_ uri: String) throws -> StreamRequest {
        try StreamRequest(headers: [:], target: try #require(RequestTarget(uri)))
    }

    @Test(arguments: [("/stream?fps=5", 200), ("/stream?fps=0.5", 2000), ("/stream?advance_headers=1&fps=1000", 1)])
    func fpsSetsThePace(uri: String, milliseconds: Int64) throws {
        #expect(try request(uri).pacer?.interval == .milliseconds(milliseconds))
    }

    @Test func withoutFPSEveryFrameGoesOut() throws {
        #expect(try request("/stream").pacer == nil)
    }

    @Test(arguments: ["fps=0", "fps=-1", "fps=", "fps=nan", "fps=inf", "fps=1001", "fps=fast", "advance_headers=2"])
    func aBadValueIsRefused(query: String) throws {
        #expect(throws: RequestError.self) { try request("/stream?" + query) }
    }
}
