import NIOHTTP1
import Testing

@testable import Relay

@Suite struct StreamFormTests {
    @Test(arguments: [
        ("/", "Mozilla/5.0 AppleWebKit/537.36 Chrome/156", "image/avif,image/*", StreamForm.ahead),
        ("/", "Mozilla/5.0 AppleWebKit/537.36 Chrome/156", "text/html,*/*", .ahead),
        ("/", "Mozilla/5.0 AppleWebKit/537.36 Chrome/156", "*/*", .plain),
        ("/", "Mozilla/5.0 Gecko/20100101 Firefox/153.0", "image/avif,image/*", .plain),
        ("/", "VLC/3.0.18", "", .plain),
        ("/?advance_headers=1", "VLC/3.0.18", "", .ahead),
        ("/?advance_headers=0", "Mozilla/5.0 AppleWebKit/537.36", "image/*", .plain),
    ])
    func theFormSuitsWhoAsks(uri: String, agent: String, accept: String, form: StreamForm) throws {
        let headers: HTTPHeaders = ["User-Agent": agent, "Accept": accept]
        #expect(try StreamForm(headers: headers, target: try #require(RequestTarget(uri))) == form)
    }

    @Test func anUnknownFormIsRefused() throws {
        let target = try #require(RequestTarget("/?advance_headers=yes"))
        #expect(throws: QueryError(sentence: "advance_headers is 0 or 1")) { try StreamForm(headers: [:], target: target) }
    }
}
