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
}
