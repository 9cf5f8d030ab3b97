import RelayConfiguration
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
        ("/front/?action%3Dsnapshot", .source("front", .snapshot)), ("/front/?Action=snapshot", .source("front", .snapshot)),
        ("/front/%3Faction=snapshot", .source("front", .snapshot)), ("/front/%3Faction%3Dstream", .source("front", .stream)),
        ("/front?action=snapshot_0", .source("front", .snapshot)), ("/front/?action=stream_0", .source("front", .stream)),
        ("/front/?action=snapshot_1", .badQuery("action is stream or snapshot")),
        ("/front/?action=", .badQuery("action is stream or snapshot")),
        ("/front/?action=snapshot?1732", .source("front", .snapshot)), ("/front/?ACTION=SNAPSHOT", .source("front", .snapshot)),
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
        ("/?action%3Dsnapshot", .source("yard", .snapshot)), ("/%3Faction=snapshot", .source("yard", .snapshot)),
        ("/?Action=snapshot_0", .source("yard", .snapshot)),
        ("/?x=1", .redirect("status")), ("/snapshot.jpg", .source("yard", .snapshot)), ("/status", .source("yard", .status)),
        ("/healthz", .healthz), ("/readyz", .source("yard", .readyz)), ("/front/stream", .notFound),
    ])
    func ofASourcesOwnPort(uri: String, route: Route) throws {
        #expect(Route(try #require(RequestTarget(uri)), in: .source("yard", named: false)) == route)
        #expect(Route(try #require(RequestTarget(uri)), in: .source("yard", named: true)) == route)
    }

    /// The configuration refuses these names, since the paths are the relay's own.
    @Test func namesOfRoutesAreReserved() {
        #expect(SourceConfiguration.reservedNames.isSubset(of: Route.words), "a name is reserved for no route")
        // Behind a dot stands another name of the same route, which is never at the top beside sources.
        for name in Route.words {
            #expect(SourceConfiguration.reservedNames.contains(name) || name.contains(where: { $0 == "." }), "/\(name) is a route")
        }
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
