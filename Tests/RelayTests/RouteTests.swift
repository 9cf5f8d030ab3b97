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

    /// Programs save whatever answer they get as a picture, so that no spelling of the question may lead to a page: the picture
    /// where it is clear that it is meant, else 400.
    @Test(
        arguments: [
            "?%3F{}", "??{}", "?x=1&amp;{}", "?x=1;{}", "?;{}", "?%20{}", "?+{}", "?%09{}", "?%22{}%22", "?'{}'", "?%27{}%27",
            "?\u{201C}{}\u{201D}",
            "?&&&{}", "?=&{}", "%3F{}", "%3f{}", "%253F{}", "%25253F{}", "&{}", ";{}", "%26{}", "?%FF{}", "?a=%ff&{}", "?%ff=1&{}",
            "?_{}", "?{}&action=dance", "#?{}", "?#{}", "?%2526{}", "?/?{}", "?{}?1732", "?{}%3F1732", "?{};x", "?{}/", "?{}.jpg", "?{}%20",
            "?{}%00", "?{}=", "?" + String(repeating: "a=1&", count: 64) + "{}", "?" + String(repeating: "a=1&", count: 3000) + "{}",
        ],
        [
            "action=snapshot", "action%3Dsnapshot", "action%253Dsnapshot", "Action=snapshot", "ACTION=SNAPSHOT_0", "act%69on=snapshot",
            "action%20=snapshot", "action+=+snapshot", "action==snapshot", "action:snapshot", "action[]=snapshot", "Action%5B%5D=snapshot",
            "action=%22snapshot%22", "action='snapshot'",
        ])
    func pictureIsMeant(place: String, text: String) throws {
        let query = place.replacing("{}", with: text)
        #expect(Route(try #require(RequestTarget("/front/" + query)), in: .relay) == .source("front", .snapshot), "/front/\(query)")
        #expect(Route(try #require(RequestTarget("/" + query)), in: .source("yard", named: false)) == .source("yard", .snapshot))
        guard case .badQuery = Route(try #require(RequestTarget("/" + query)), in: .relay) else {
            Issue.record("/\(query) of a relay of many sources says nothing of the source")
            return
        }
    }

    @Test(arguments: [
        "?snapshot", "%3fsnapshot", "?snapshot.jpg", "?snapshot=1", "?stream", "?SNAPSHOT", "?cmd=snapshot", "?mode=Stream",
        "?a=1&snapshot",
        "?%22snapshot%22", "?action", "?action=", "?action=0", "?action=snap", "?action[0]=snapshot", "?actionsnapshot",
        "?action=snapshot1", "?action=snapshot_1", "?%FFsnapshot", "?xaction=snapshot", "?action%FF", "?action=%FF", "?action=%00",
        "?snapshot;1",
    ])
    func whatIsNearlyAPictureIsNoPage(query: String) throws {
        for (path, scope) in [
            ("/front/", Route.Scope.relay), ("/front", .relay), ("/", .relay), ("/", .admin), ("/", .source("yard", named: false)),
            ("/yard/", .source("yard", named: true)), ("/status", .relay), ("/front/status", .relay), ("/front/embed", .relay),
            ("/status", .source("yard", named: false)),
        ] where path.last == "/" || query.first == "?" {
            guard case .badQuery = Route(try #require(RequestTarget(path + query)), in: scope) else {
                Issue.record("\(path)\(query) in \(scope) is no 400")
                continue
            }
        }
    }

    /// What is no question for a picture leads to the page as before.
    @Test(arguments: [
        "?x=1", "?1732", "?t=1732&_=5", "?transaction=5", "?reaction=stream5", "?streams=2", "?snapshots", "?q=upstream", "?upstream=1",
        "?x=%FF", "?%FF", "?+", "?exp=0&key=website&sig=action", "?next=/front/snapshot", "?url=http://a/snapshot", "?fbclid=action",
        "?exp=0&key=stream&sig=a",
    ])
    func otherQueriesLeadToThePage(query: String) throws {
        #expect(Route(try #require(RequestTarget("/front/" + query)), in: .relay) == .source("front", .page))
        #expect(Route(try #require(RequestTarget("/" + query)), in: .relay) == .index)
        #expect(Route(try #require(RequestTarget("/status" + query)), in: .relay) == .status)
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
