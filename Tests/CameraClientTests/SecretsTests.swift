import CameraClient
import CameraURL
import Testing

@Suite struct SecretsTests {
    private static func secrets(_ url: String) throws -> Secrets {
        var secrets = Secrets()
        secrets.add(try CameraURL(url))
        return secrets
    }

    @Test(arguments: [
        ("no 'p/w d' here", "no '***' here"), ("p%2Fw%20d", "***"), ("Basic dTpwL3cgZA==", "Basic ***"),
        ("/video?a=1&pwd=xyz9", "/video?***"),
        ("got xyz9.", "got ***."), ("value 1", "value 1"), ("p/w", "p/w"), ("", ""), ("p/w dp/w d", "******"),
    ]) func aLoginIsHiddenInEachForm(text: String, shown: String) throws {
        #expect(try Self.secrets("http://u:p%2Fw%20d@h/video?a=1&pwd=xyz9").hide(in: text) == shown)
    }

    @Test func whatIsNoLoginShows() throws {
        let secrets = try Self.secrets("http://h/cgi/stream?resolution=640x480&channel=main")
        #expect(secrets.hide(in: "main stream of 640x480") == "main stream of 640x480")
        #expect(Secrets().hide(in: "anything") == "anything")
    }

    @Test(arguments: [
        ("rtsp://u:p%40w1@h/x", "p@w1 and p%40w1 and u:p%40w1"), ("token=abcd", "abcd"),
        ("-H\nAuthorization: Bearer abcd", "Bearer abcd, abcd"),
    ]) func aProgramsArgumentIsSearched(argument: String, text: String) {
        var secrets = Secrets()
        secrets.add(argument: argument)
        let shown = secrets.hide(in: text)
        #expect(!shown.contains("p@w1") && !shown.contains("p%40w1") && !shown.contains("abcd"))
    }

    @Test func onlyFieldsWithALoginAreHidden() {
        var secrets = Secrets()
        secrets.add(fieldName: "X-Api-Key", value: "k3y")
        secrets.add(fieldName: "Accept", value: "image/jpeg")
        #expect(secrets.hide(in: "k3y image/jpeg") == "*** image/jpeg")
    }
}
