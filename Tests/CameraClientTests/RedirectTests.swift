import CameraClient
import CameraURL
import TestSupport
import Testing
import Text

@Suite struct RedirectTests {
    private func from() throws -> CameraURL { try CameraURL("http://user:secret@cam:8080/b/c/d;p?q") }

    @Test(arguments: [
        ("http://cam:8080/video?x=y", "/video?x=y"),
        ("HTTP://CAM:8080/video#top", "/video"),
        ("http://other:login@cam:8080/video", "/video"),
        ("//cam:8080/video", "/video"),
        (" /video ", "/video"),
        ("/a b", "/a%20b"),
        ("?y", "/b/c/d;p?y"),
        ("http://cam:8080", "/"),
        ("http://cam:8080?x", "/?x"),
        // RFC 3986, section 5.4.
        ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("g?y", "/b/c/g?y"), ("g#s", "/b/c/g"),
        (";x", "/b/c/;x"), ("g;x?y#s", "/b/c/g;x?y"), (".", "/b/c/"), ("./", "/b/c/"), ("..", "/b/"), ("../", "/b/"),
        ("../g", "/b/g"), ("../..", "/"), ("../../", "/"), ("../../g", "/g"), ("../../../g", "/g"), ("../../../../g", "/g"),
        ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."), (".g", "/b/c/.g"), ("g..", "/b/c/g.."), ("..g", "/b/c/..g"),
        ("./../g", "/b/g"), ("./g/.", "/b/c/g/"), ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"), ("g;x=1/./y", "/b/c/g;x=1/y"),
        ("g;x=1/../y", "/b/c/y"), ("g?y/./x", "/b/c/g?y/./x"), ("g?y/../x", "/b/c/g?y/../x"),
    ])
    func sameOriginKeepsTheLogin(_ location: String, _ target: String) throws {
        let resolved = try Redirect.resolve(location: location, from: from(), allowOtherHost: false, hiding: Secrets())
        #expect(resolved.target == target)
        #expect(resolved.login == CameraURL.Login(user: "user", password: "secret"))
        #expect(resolved.host.lowercased() == "cam" && resolved.port == 8080 && resolved.scheme == .http)
    }

    @Test(arguments: [
        ("http://evil:8080/x", "http://evil:8080"), ("http://cam.:8080/x", "http://cam.:8080"),
        ("//cam:8080@evil/x", "http://evil"), ("http://user:secret@evil/x", "http://evil"), ("//evil", "http://evil"),
    ])
    func anotherHostIsFollowedOnlyWhereAllowedAndWithoutTheLogin(_ location: String, _ origin: String) throws {
        #expect(throws: CameraError.redirectedElsewhere(CameraText(origin, hiding: Secrets()))) {
            try Redirect.resolve(location: location, from: from(), allowOtherHost: false, hiding: Secrets())
        }
        let resolved = try Redirect.resolve(location: location, from: from(), allowOtherHost: true, hiding: Secrets())
        #expect(resolved.login == nil)
        #expect("\(resolved.scheme)://\(resolved.hostField)" == origin)
    }

    @Test(arguments: [
        ("https://cam:8080/x", "https://cam:8080"), ("http://cam/x", "http://cam"), ("//cam:81/x", "http://cam:81"),
        ("HTTP://CAM:81/x", "http://CAM:81"), ("https://other:login@cam/", "https://cam"), ("http://192.0.2.7/x", "http://192.0.2.7"),
    ])
    func theSameHostIsFollowedWithoutTheLogin(_ location: String, _ origin: String) throws {
        let resolved = try Redirect.resolve(
            location: location, from: from(), allowOtherHost: false, sameHosts: ["cam", "192.0.2.7"], hiding: Secrets())
        #expect(resolved.login == nil)
        #expect("\(resolved.scheme)://\(resolved.hostField)" == origin)
    }

    @Test(
        arguments: [
            "", " ", "#top", "ftp://cam:8080/x", "file:///etc/passwd", "javascript:alert(1)", "http:", "http:/x", "http://", "http://:80/",
            "https:\\\\cam", "http://cam:99999/", "http://c\u{0}m/", "//", "rtsp://cam/x", "http://[::1/", "http:///x",
        ], [false, true])
    func addressThatIsNoneIsRefused(_ location: String, _ allowOtherHost: Bool) throws {
        #expect(throws: CameraError.redirectUnreadable(CameraText(location.shown(), hiding: Secrets()))) {
            try Redirect.resolve(location: location, from: from(), allowOtherHost: allowOtherHost, hiding: Secrets())
        }
    }

    @Test func ipv6OriginIsTheSameInAnyCase() throws {
        let url = try CameraURL("http://u:p@[FE80::1]/a")
        #expect(
            try Redirect.resolve(location: "http://[fe80::1]:80/b", from: url, allowOtherHost: false, hiding: Secrets()).login == url.login)
        #expect(try Redirect.resolve(location: "b", from: url, allowOtherHost: false, hiding: Secrets()).target == "/b")
    }

    @Test func changedAddressesNeverCarryTheLoginElsewhere() throws {
        var random = SeededRandom(seed: 7)
        var kept = 0
        for _ in 0..<4000 {
            let changed = random.mutated(bytes("http://u:p@cam:8080/x/../y?z"), favourites: bytes("/@:?#.[]%\\"))
            let location = String(decoding: changed, as: UTF8.self)
            guard let resolved = try? Redirect.resolve(location: location, from: from(), allowOtherHost: true, hiding: Secrets()) else {
                continue
            }
            let isSame = resolved.host.lowercased() == "cam" && resolved.port == 8080 && resolved.scheme == .http
            #expect((resolved.login != nil) == isSame)
            #expect(resolved.target.hasPrefix("/"))
            if isSame { kept += 1 }
        }
        #expect(kept > 500)
    }
}
