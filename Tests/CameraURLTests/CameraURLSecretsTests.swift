import CameraURL
import Testing
import Text

@Suite struct CameraURLSecretsTests {
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
}
