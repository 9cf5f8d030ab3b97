import CameraURL
import Testing

@Suite struct CameraURLTests {
    @Test(arguments: [
        ("http://192.0.2.10/video", CameraURL(scheme: .http, host: "192.0.2.10", port: 80, target: "/video")),
        ("HTTP://cam", CameraURL(scheme: .http, host: "cam", port: 80, target: "/")),
        ("https://cam", CameraURL(scheme: .https, host: "cam", port: 443, target: "/")),
        ("http://cam:", CameraURL(scheme: .http, host: "cam", port: 80, target: "/")),
        ("http://cam:8080?action=stream", CameraURL(scheme: .http, host: "cam", port: 8080, target: "/?action=stream")),
        ("http://cam/a?b#c", CameraURL(scheme: .http, host: "cam", port: 80, target: "/a?b")),
        ("http://cam#c", CameraURL(scheme: .http, host: "cam", port: 80, target: "/")),
        ("http://cam/a b?c=ü%20", CameraURL(scheme: .http, host: "cam", port: 80, target: "/a%20b?c=%C3%BC%20")),
        // A combining accent behind a separator does not hide it.
        ("http://cam/\u{301}", CameraURL(scheme: .http, host: "cam", port: 80, target: "/%CC%81")),
        ("http://cam/a#\u{301}", CameraURL(scheme: .http, host: "cam", port: 80, target: "/a")),
        ("http://[2001:db8::1]:8080/v", CameraURL(scheme: .http, host: "2001:db8::1", port: 8080, target: "/v")),
        ("http://[::1]", CameraURL(scheme: .http, host: "::1", port: 80, target: "/")),
        ("http://[fe80::1%25eth0]/", CameraURL(scheme: .http, host: "fe80::1%eth0", port: 80, target: "/")),
        ("http://[fe80::1%eth0]/", CameraURL(scheme: .http, host: "fe80::1%eth0", port: 80, target: "/")),
    ])
    func takesAddressesApart(text: String, expected: CameraURL) throws {
        #expect(try CameraURL(text) == expected)
    }

    @Test(arguments: [
        ("http://user:pass@cam/", "user", "pass"),
        ("http://user@cam/", "user", ""),
        ("http://:pass@cam/", "", "pass"),
        ("http://user:a:b@cam/", "user", "a:b"),
        ("http://user:p@ss@cam/", "user", "p@ss"),
        ("http://us%40er:p%40%3a%2F%3F%23ss@cam/", "us@er", "p@:/?#ss"),
        ("http://user:100%@cam/", "user", "100%"),
        ("http://user:%zz%4@cam/", "user", "%zz%4"),
        ("http://ü:p%C3%BC@cam/", "ü", "pü"),
    ])
    func decodesTheLogin(text: String, user: String, password: String) throws {
        let url = try CameraURL(text)
        #expect(url.login == CameraURL.Login(user: user, password: password))
        #expect(url.host == "cam")
    }

    @Test func emptyLoginIsNone() throws {
        #expect(try CameraURL("http://@cam/").login == nil)
    }

    @Test(arguments: [
        ("", "a camera's URL begins with http:// (or file: for a file)"),
        ("192.0.2.1/video", "a camera's URL begins with http:// (or file: for a file)"),
        ("user:secret@cam/http://", "a camera's URL begins with http:// (or file: for a file)"),
        ("file:clip.mjpeg", "a camera's URL begins with http:// (or file: for a file)"),
        ("file:///clip.mjpeg", "the URL's scheme is neither http nor https"),
        ("rtsp://user:secret@cam/", "the URL's scheme is neither http nor https"),
        ("http://", "the URL has no host"),
        ("http:///video", "the URL has no host"),
        ("http://user:secret@/video", "the URL has no host"),
        ("http://:80/", "the URL has no host"),
        ("http://ca m/", "the URL's host has a character that no host has (in a login, write / as %2F, ? as %3F, # as %23)"),
        ("http://cäm/", "the URL's host has a character that no host has (in a login, write / as %2F, ? as %3F, # as %23)"),
        ("http://cam:0/", "the URL's port is no number from 1 to 65535 (in a login, write / as %2F, ? as %3F, # as %23)"),
        ("http://cam:65536/", "the URL's port is no number from 1 to 65535 (in a login, write / as %2F, ? as %3F, # as %23)"),
        ("http://cam:+80/", "the URL's port is no number from 1 to 65535 (in a login, write / as %2F, ? as %3F, # as %23)"),
        ("http://user:sec/ret@cam/", "the URL's port is no number from 1 to 65535 (in a login, write / as %2F, ? as %3F, # as %23)"),
        ("http://[::1/", "the URL's IPv6 address has no closing bracket"),
        ("http://[]/", "the URL has no IPv6 address between its brackets"),
        ("http://[secret]/", "the URL has no IPv6 address between its brackets"),
        ("http://[fe80::1%]/", "the URL has no IPv6 address between its brackets"),
        ("http://[::1]80/", "the URL has text between ']' and the port"),
        ("http://cam/\r\nX: y", "the URL contains a control character"),
        ("http://cam/\0", "the URL contains a control character"),
        ("http://user:a%0d%0ab@cam/", "the URL's login contains a control character; write % as %25"),
        ("http://user:a%e9@cam/", "the URL's login is not UTF-8 once its escapes are decoded; write % as %25"),
    ])
    func refusesWhatIsNoAddress(text: String, message: String) {
        #expect(throws: CameraURL.ParseError.self) { try CameraURL(text) }
        do throws(CameraURL.ParseError) {
            _ = try CameraURL(text)
        } catch {
            #expect(error.description == message)
        }
    }

    @Test(arguments: [
        ("http://user:secret@cam/video", "http://user:***@cam/video"),
        ("http://user@cam/video", "http://user@cam/video"),
        ("http://cam:80/video?pwd=secret", "http://cam/video?…"),
        ("http://cam/user=a&pwd=secret", "http://cam/user=***"),
        ("http://user:1/secret@cam/video?x", "http://user:1/***@cam/video?…"),
        ("https://cam:8443", "https://cam:8443/"),
        ("http://[fe80::1%25eth0]:81/", "http://[fe80::1%eth0]:81/"),
    ])
    func descriptionsHideCredentials(text: String, shown: String) throws {
        let url = try CameraURL(text)
        #expect(url.description == shown)
        #expect("\([url])" == "[\(shown)]")
        var dumped = ""
        dump((url, url.login), to: &dumped)
        dumped += String(reflecting: url) + String(describing: url.login) + String(reflecting: url.login)
        #expect(!dumped.contains("secret"))
    }

    @Test(arguments: [
        ("http://cam/", "cam"), ("http://cam:8080/", "cam:8080"), ("https://cam:80/", "cam:80"), ("http://[::1]/", "[::1]"),
        ("http://[fe80::1%25eth0]:81/", "[fe80::1]:81"),
    ])
    func hostFieldNamesThePortOnlyWhereNeeded(text: String, field: String) throws {
        #expect(try CameraURL(text).hostField == field)
    }
}
