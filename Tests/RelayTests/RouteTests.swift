import NIOHTTP1
import Testing

@testable import Relay

@Suite struct RouteTests {
    @Test(arguments: [
        ("/", Route.index), ("/status", .status), ("/status/", .status), ("/healthz", .healthz), ("/readyz?strict=1", .readyz),
        ("/front/stream", .source("front", .stream)), ("/front/stream/", .source("front", .stream)),
        ("/front/stream.mjpg", .source("front", .stream)), ("/front/stream.mjpeg?x=1", .source("front", .stream)),
        ("/front/?action=stream", .source("front", .stream)), ("/front?action=snapshot&n=3", .source("front", .snapshot)),
        ("/front/snapshot.jpg", .source("front", .snapshot)), ("/front/snapshot.jpeg", .source("front", .snapshot)),
        ("/front/status", .source("front", .status)), ("/front/", .source("front", .page)), ("/front", .source("front", .pageWithoutSlash)),
        ("/front/?action=dance", .badQuery("action is stream or snapshot")),
        ("/front/healthz", .source("front", .healthz)), ("/fr%6Fnt/stream", .source("front", .stream)),
        ("http://relay.example:54321/front/stream", .source("front", .stream)), ("http://relay.example", .index),
        ("/front/readyz", .notFound), ("/front/stream/more", .notFound), ("/front/Stream", .notFound),
    ])
    func ofTheRelay(uri: String, route: Route) throws {
        #expect(Route(try #require(RequestTarget(uri)), in: .relay) == route)
    }

    @Test(arguments: [
        ("/", Route.redirect("status")), ("/stream", .source("yard", .stream)), ("/stream.mjpg", .source("yard", .stream)),
        ("/?action=stream", .source("yard", .stream)), ("/?action=snapshot", .source("yard", .snapshot)),
        ("/?x=1", .redirect("status")), ("/snapshot.jpg", .source("yard", .snapshot)), ("/status", .source("yard", .status)),
        ("/healthz", .healthz), ("/readyz", .source("yard", .readyz)), ("/front/stream", .notFound),
    ])
    func ofASourcesOwnPort(uri: String, route: Route) throws {
        #expect(Route(try #require(RequestTarget(uri)), in: .source("yard", named: false)) == route)
        #expect(Route(try #require(RequestTarget(uri)), in: .source("yard", named: true)) == route)
    }

    @Test(arguments: [
        ("/camera/stream", Route.source("camera", .stream)), ("/camera/", .source("camera", .page)),
        ("/camera", .source("camera", .pageWithoutSlash)), ("/camera/?action=snapshot", .source("camera", .snapshot)),
    ])
    func ofTheSingleURLModeByName(uri: String, route: Route) throws {
        #expect(Route(try #require(RequestTarget(uri)), in: .source("camera", named: true)) == route)
        #expect(Route(try #require(RequestTarget(uri)), in: .source("camera", named: false)) != route)
    }

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
