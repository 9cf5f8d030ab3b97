import NIOCore
import Testing

@testable import Relay

@Suite struct ViewerWishesTests {
    private func wishes(_ uri: String) throws -> ViewerWishes {
        try ViewerWishes(try #require(RequestTarget(uri)))
    }

    @Test(arguments: [("/stream?fps=5", 200), ("/stream?fps=0.5", 2000), ("/stream?on_loss=last&fps=1000", 1)])
    func fpsSetsThePace(uri: String, milliseconds: Int64) throws {
        #expect(try wishes(uri).pacer?.interval == .milliseconds(milliseconds))
    }

    @Test func withoutAQueryTheSourcesWayHolds() throws {
        #expect(try wishes("/stream") == ViewerWishes())
    }

    @Test(arguments: ["fps=0", "fps=-1", "fps=", "fps=nan", "fps=inf", "fps=1001", "fps=fast", "on_loss=never"])
    func aBadValueIsRefused(query: String) throws {
        #expect(throws: QueryError.self) { try wishes("/stream?" + query) }
    }
}
