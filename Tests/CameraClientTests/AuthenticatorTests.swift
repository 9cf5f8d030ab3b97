import CameraURL
import TestSupport
import Testing
import Text

@testable import CameraClient

@Suite struct AuthenticatorTests {
    private static let digest = #"Digest realm="r", nonce="n1", qop="auth""#

    private func authorization(_ answer: Authenticator.Reply) -> String? {
        if case .authorization(let value) = answer { text(value) } else { nil }
    }

    private func text(_ authorization: Authorization?) -> String? {
        authorization.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The parameters of an Authorization value, with its scheme under the empty name.
    private func parameters(_ value: String?) -> [String: String] {
        guard let value, let credentials = Challenge.parse([value]).first else { return [:] }
        return credentials.parameters.merging(["": credentials.scheme]) { $1 }
    }

    private func answer(
        _ fields: String..., user: String = "u", password: String = "p", target: String = "/", cnonce: String = "c"
    ) -> Authenticator.Reply {
        var authenticator = Authenticator(login: CameraURL.Login(user: user, password: password))
        return authenticator.answer(to: Challenge.parse(fields), method: "GET", target: target) { cnonce }
    }

    // MARK: - Published digests

    @Test func exampleOfRFC2617() {
        let value = authorization(
            answer(
                #"Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
                user: "Mufasa", password: "Circle Of Life", target: "/dir/index.html", cnonce: "0a4f113b"))
        #expect(
            value == """
                Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", \
                uri="/dir/index.html", response="6629fae49393a05397450978507c4ef1", cnonce="0a4f113b", \
                opaque="5ccc069c403ebaf9f0171e9517f40e41", qop=auth, nc=00000001
                """)
    }

    /// With the digest of the RFC's erratum 749; the one in its text is wrong.
    @Test func exampleOfRFC2069() {
        let value = authorization(
            answer(
                #"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
                user: "Mufasa", password: "CircleOfLife", target: "/dir/index.html"))
        #expect(
            value == """
                Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", \
                uri="/dir/index.html", response="1949323746fe6a43ef61f9606e7febea", opaque="5ccc069c403ebaf9f0171e9517f40e41"
                """)
    }

    /// The first and second are RFC 7616's own (section 3.9.1); the others are the same input through another implementation.
    @Test(arguments: [
        ("MD5", true, "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", true, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("MD5-sess", true, "e783283f46242139c486a698fec7211d"),
        ("sha-256-SESS", true, "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"),
        ("md5", false, "7b2cc3b30e75b4777ea31027084363fd"),
        ("SHA-256", false, "a1306b0595a6c7fe96c448631fb5cfbd5107bd1fe1da729d978dd7446b812363"),
        ("MD5-sess", false, "37a7f42db2090a3fcac4e26e747d4fc8"),
        ("SHA-256-sess", false, "30bc0742357e535c85094121d22cf826b794be0667e19537beb7b28f2251c274"),
    ])
    func exampleOfRFC7616(_ algorithm: String, _ usesQop: Bool, _ response: String) {
        let value = answer(
            "Digest realm=\"http-auth@example.org\", algorithm=\(algorithm), nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\""
                + (usesQop ? ", qop=\"auth, auth-int\"" : ""),
            user: "Mufasa", password: "Circle of Life", target: "/dir/index.html",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        let parameters = parameters(authorization(value))
        #expect(parameters["response"] == response)
        #expect(parameters["algorithm"] == algorithm)
        #expect(parameters["qop"] == (usesQop ? "auth" : nil))
        #expect((parameters["cnonce"] != nil) == (usesQop || algorithm.lowercased().hasSuffix("sess")))
    }

    @Test func userIsHashedWhereTheCameraWantsIt() {
        let value = answer(
            #"Digest realm="api@example.org", nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", qop="auth", algorithm=SHA-256, userhash=true"#,
            user: "Jäsøn Doe", password: "Secret, or not?", target: "/doe.json", cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm")
        let parameters = parameters(authorization(value))
        #expect(parameters["username"] == "5a1a8a47df5c298551b9b42ba9b05835174a5bd7d511ff7fe9191d8e946fc4e7")
        #expect(parameters["userhash"] == "true")
        #expect(parameters["response"] == "06d0c14162099f487a92ebceaf71097534ee5f90d858386449c337ab69f7f6b8")
    }

    @Test(arguments: [
        ("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("test", "123£", "dGVzdDoxMjPCow=="), ("", "", "Og=="),
        ("a", "", "YTo="), ("a", "b", "YTpi"), ("a", "bc", "YTpiYw=="), ("ÿ", "~?>", "w786fj8+"), ("u", ":@/%#?!$", "dTo6QC8lIz8hJA=="),
    ])
    func basicIsUserAndPasswordInBase64(_ user: String, _ password: String, _ encoded: String) {
        #expect(authorization(answer("Basic realm=x", user: user, password: password)) == "Basic \(encoded)")
    }

    // MARK: - Choice

    @Test(arguments: [
        ([#"Basic realm="b""#, #"Digest realm="d", nonce="n""#], "Digest", nil),
        ([#"Digest realm="d", nonce="n", Basic realm="b""#], "Digest", nil),
        ([#"Digest nonce="n", algorithm=MD5"#, #"Digest nonce="n", algorithm=SHA-256"#], "Digest", "SHA-256"),
        ([#"Digest nonce="n", algorithm=SHA-256, Digest nonce="n", algorithm=MD5"#], "Digest", "SHA-256"),
        ([#"Digest nonce="n", algorithm=MD5-sess"#, #"Digest nonce="n", algorithm=MD5"#], "Digest", "MD5-sess"),
        ([#"Digest nonce="n", algorithm=SHA-512-256"#, #"Digest nonce="n", algorithm="md5""#], "Digest", "md5"),
        ([#"Digest nonce="n", algorithm=SHA-512-256"#, "basic"], "Basic", nil),
        ([#"Digest nonce="n", qop="auth-int""#, "Basic realm=b"], "Basic", nil),
        (["Digest realm=x", "Basic realm=b"], "Basic", nil),
        (["Negotiate", "NTLM", "BASIC realm=b"], "Basic", nil),
        (["Bearer", #"dIgEsT nonce="n", qop="AUTH""#], "Digest", nil),
        ([#"Digest nonce="n", algorithm="", qop="""#], "Digest", nil),
    ])
    func strongestThatBothKnowIsTaken(_ fields: [String], _ scheme: String, _ algorithm: String?) {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        let answer = authenticator.answer(to: Challenge.parse(fields), method: "GET", target: "/") { "c" }
        let parameters = parameters(authorization(answer))
        #expect(parameters[""] == scheme)
        #expect(parameters["algorithm"] == algorithm)
    }

    @Test(arguments: [
        ([], ""), (["Negotiate", "Bearer realm=x"], "Negotiate, Bearer"),
        ([#"Digest nonce="n", algorithm=SHA-512-256"#], "Digest SHA-512-256"), ([#"Digest nonce="n", qop="auth-int""#], "Digest"),
        (["Digest realm=x"], "Digest"), (["Evil algorithm=\"\u{1B}[2J\u{202E}x\""], "Evil [2Jx"),
    ])
    func unknownWaysAreNamed(_ fields: [String], _ offered: String) {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        let answer = authenticator.answer(to: Challenge.parse(fields), method: "GET", target: "/") { "c" }
        #expect(answer == .unsupported)
        #expect(Challenge.shown(fields, hiding: Secrets()) == CameraText(offered, hiding: Secrets()))
    }

    @Test func answerEchoesWhatTheCameraSent() {
        let value = authorization(
            answer(#"Digest realm="a \"b\" \\, c", nonce="n\"1", opaque="", qop="auth""#, user: "a\"b\\c", target: "/v?a=\"b\"&c=d,e"))
        let parameters = parameters(value)
        #expect(parameters["realm"] == #"a "b" \, c"# && parameters["nonce"] == "n\"1" && parameters["opaque"]?.isEmpty == true)
        #expect(parameters["username"] == "a\"b\\c" && parameters["uri"] == "/v?a=\"b\"&c=d,e")
        #expect(value?.contains(#"realm="a \"b\" \\, c""#) == true)
    }

    @Test func nothingFromTheCameraOrTheLoginEndsALine() {
        let challenge = Challenge(scheme: "Digest", parameters: ["nonce": "a\r\nX: y", "realm": "\n", "opaque": "\r", "qop": "auth"])
        var authenticator = Authenticator(login: CameraURL.Login(user: "u\r\n", password: "p\r\n"))
        let digest = authorization(authenticator.answer(to: [challenge], method: "GET", target: "/\r\n") { "c\n" })
        #expect(digest?.utf8.contains { $0 < 0x20 } == false)
        #expect(authorization(answer("Basic", user: "u\r\n", password: "\n"))?.utf8.contains { $0 < 0x20 } == false)
    }

    // MARK: - Refusal and repetition

    private func digest(_ nonce: String, stale: String? = nil) -> [Challenge] {
        Challenge.parse(["Digest realm=r, nonce=\"\(nonce)\", qop=\"auth\"" + (stale.map { ", stale=\($0)" } ?? "")])
    }

    @Test func sameNonceAgainIsARefusal() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        #expect(authenticator.begin(method: "GET", target: "/") == nil)
        #expect(authorization(authenticator.answer(to: digest("1"), method: "GET", target: "/") { "c" }) != nil)
        #expect(authenticator.answer(to: digest("1", stale: "FALSE"), method: "GET", target: "/") { "c" } == .refused)
        #expect(authenticator.answer(to: digest("2"), method: "GET", target: "/") { "c" } == .refused)
    }

    @Test(arguments: [("1", "true"), ("1", "\"TRUE\""), ("2", "true")])
    func aStaleNonceIsAnsweredOnceMore(_ nonce: String, _ stale: String) {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        _ = authenticator.answer(to: digest("1"), method: "GET", target: "/") { "c" }
        let second = parameters(authorization(authenticator.answer(to: digest(nonce, stale: stale), method: "GET", target: "/") { "d" }))
        #expect(second["nonce"] == nonce && second["cnonce"] == "d")
        #expect(second["nc"] == (nonce == "1" ? "00000002" : "00000001"))
        #expect(authenticator.answer(to: digest("3", stale: "true"), method: "GET", target: "/") { "c" } == .refused)
    }

    /// A camera with another nonce in each 401 has looked at the login all the same: a wrong one is not sent twice.
    @Test(arguments: [nil, "false", "\"FALSE\""])
    func aNewNonceIsNoReasonToSendAWrongLoginAgain(_ stale: String?) {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        _ = authenticator.answer(to: digest("1"), method: "GET", target: "/") { "c" }
        #expect(authenticator.answer(to: digest("2", stale: stale), method: "GET", target: "/") { "d" } == .refused)
        #expect(authenticator.answer(to: digest("3", stale: "true"), method: "GET", target: "/") { "d" } == .refused)
    }

    /// Behind a redirect the login is sent only where it is asked for, and twice at most, while the camera has never taken it.
    @Test(arguments: ["Basic realm=x", #"Digest realm=r, nonce="1", qop="auth""#])
    func aLoginThatIsNotProvenIsNotSentAlongRedirects(_ challenge: String) {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        let challenges = Challenge.parse([challenge])
        #expect(authenticator.begin(method: "GET", target: "/0") == nil)
        #expect(authorization(authenticator.answer(to: challenges, method: "GET", target: "/0") { "c" }) != nil)
        for hop in 1...5 { #expect(authenticator.goOn(method: "GET", target: "/\(hop)") == nil) }
        #expect(authorization(authenticator.answer(to: challenges, method: "GET", target: "/5") { "c" }) != nil)
        #expect(authenticator.goOn(method: "GET", target: "/6") == nil)
        #expect(authenticator.answer(to: challenges, method: "GET", target: "/6") { "c" } == .refused)
    }

    @Test(arguments: ["Basic realm=x", #"Digest realm=r, nonce="1", qop="auth""#])
    func aProvenLoginGoesAlongRedirectsUntilItIsRefused(_ challenge: String) {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        let challenges = Challenge.parse([challenge])
        _ = authenticator.answer(to: challenges, method: "GET", target: "/") { "c" }
        authenticator.accepted()
        #expect(authenticator.begin(method: "GET", target: "/") != nil)
        #expect(authenticator.goOn(method: "GET", target: "/1") != nil)
        #expect(authenticator.answer(to: challenges, method: "GET", target: "/1") { "c" } == .refused)
        #expect(authenticator.goOn(method: "GET", target: "/2") == nil)
        #expect(authenticator.begin(method: "GET", target: "/") == nil)
    }

    /// The hash is made of the bytes that the camera sent; a realm in Latin-1 must not be repaired (MD5s by `md5sum`).
    @Test func whatIsNoUTF8IsHashedAndRepeatedAsItCame() throws {
        let realm: [UInt8] = [0x4B, 0xFC, 0x63, 0x68, 0x65]
        let field = Array("Digest realm=\"".utf8) + realm + Array("\", nonce=\"n\u{1}".utf8) + [0xFF] + Array("\", qop=\"auth\"".utf8)
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        let reply = authenticator.answer(to: Challenge.parse(bytes: [field]), method: "GET", target: "/") { "c" }
        guard case .authorization(let value) = reply else {
            Issue.record("no answer: \(reply)")
            return
        }
        #expect(value.bytes.starts(with: Array("Digest username=\"u\", realm=\"".utf8) + realm + Array("\", nonce=\"n".utf8) + [0xFF]))
        let sent = try #require(Challenge.parse(bytes: [value.bytes]).first?.values)
        let secret = DigestAlgorithm.md5.hash(Array("u:".utf8) + realm + Array(":p".utf8))
        let request = DigestAlgorithm.md5.hash(Array("GET:/".utf8))
        let nonce = Array("n\u{1}".utf8) + [0xFF]
        let whole = secret + Array(":".utf8) + nonce + Array(":00000001:c:auth:".utf8) + request
        #expect(sent["response"] == DigestAlgorithm.md5.hash(whole))
    }

    @Test func basicIsSentOnce() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        let basic = Challenge.parse(["Basic realm=x"])
        #expect(authorization(authenticator.answer(to: basic, method: "GET", target: "/") { "c" }) != nil)
        #expect(authenticator.answer(to: basic, method: "GET", target: "/") { "c" } == .refused)
    }

    @Test func refusedDigestNeverBecomesBasic() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        _ = authenticator.answer(to: digest("1"), method: "GET", target: "/") { "c" }
        #expect(authenticator.answer(to: Challenge.parse(["Basic realm=x"]), method: "GET", target: "/") { "c" } == .refused)
    }

    @Test func nextRequestBeginsWithTheKnownNonce() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "Mufasa", password: "Circle of Life"))
        _ = authenticator.answer(to: digest("1"), method: "GET", target: "/a") { "c" }
        for use in 2...17 {
            let value = parameters(text(authenticator.begin(method: "GET", target: "/b?c")))
            #expect(value["nonce"] == "1" && value["uri"] == "/b?c" && value["cnonce"] == "c")
            #expect(value["nc"] == (use < 16 ? "0000000" : "000000") + String(use, radix: 16))
        }
        // The nonce has expired: one more answer, and the next request goes on with the new one.
        #expect(authorization(authenticator.answer(to: digest("2"), method: "GET", target: "/b?c") { "d" }) != nil)
        let value = parameters(text(authenticator.begin(method: "GET", target: "/")))
        #expect(value["nonce"] == "2" && value["nc"] == "00000002" && value["cnonce"] == "d")
    }

    @Test func nextRequestBeginsWithBasicAtOnce() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "a", password: "b"))
        _ = authenticator.answer(to: Challenge.parse(["Basic"]), method: "GET", target: "/") { "c" }
        #expect(text(authenticator.begin(method: "GET", target: "/")) == "Basic YTpi")
        // A camera that has since learnt Digest.
        #expect(parameters(authorization(authenticator.answer(to: digest("1"), method: "GET", target: "/") { "c" }))["nonce"] == "1")
    }

    @Test func earlyLoginCountsAndARefusedOneIsForgotten() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
        _ = authenticator.answer(to: digest("1"), method: "GET", target: "/") { "c" }
        #expect(authenticator.begin(method: "GET", target: "/") != nil)
        #expect(authorization(authenticator.answer(to: digest("2"), method: "GET", target: "/") { "c" }) != nil)
        #expect(authenticator.answer(to: digest("3"), method: "GET", target: "/") { "c" } == .refused)
        #expect(authenticator.begin(method: "GET", target: "/") == nil)
        #expect(authorization(authenticator.answer(to: digest("4"), method: "GET", target: "/") { "c" }) != nil)
    }

    @Test func descriptionShowsNoLogin() {
        var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "canary"))
        for fields in [Self.digest, "Basic realm=x"] {
            _ = authenticator.begin(method: "GET", target: "/")
            let answer = authenticator.answer(to: Challenge.parse([fields]), method: "GET", target: "/?pwd=canary") { "c" }
            var text = "\(authenticator)\(answer)" + String(reflecting: authenticator) + String(reflecting: answer)
            dump(authenticator, to: &text)
            dump(answer, to: &text)
            dump([answer], to: &text)
            // "dTpjYW5hcnk=" is "u:canary" in Base64.
            #expect(!text.contains("canary") && !text.contains("dTpjYW5hcnk") && !text.contains("response="))
        }
    }

    @Test func changedChallengesAreAnsweredWithoutATrap() {
        var random = SeededRandom(seed: 9)
        var answered = 0
        for round in 0..<4000 {
            var authenticator = Authenticator(login: CameraURL.Login(user: "u", password: "p"))
            let row = ChallengeTests.rows[round % ChallengeTests.rows.count]
            var sent = 0
            for _ in 0..<4 {
                let fields = row.fields.map {
                    String(decoding: random.mutated(bytes($0), favourites: bytes("\"\\=, /\r\n")), as: UTF8.self)
                }
                guard let value = authorization(authenticator.answer(to: Challenge.parse(fields), method: "GET", target: "/") { "c" })
                else { continue }
                sent += 1
                #expect(!value.utf8.contains { $0 < 0x20 || $0 == 0x7F })
            }
            #expect(sent <= 2)
            answered += sent
        }
        #expect(answered > 2000)
    }
}
