import CameraClient
import TestSupport
import Testing

@Suite struct ChallengeTests {
    struct Row: CustomTestStringConvertible {
        var testDescription: String
        var fields: [String]
        var challenges: [Challenge]

        init(_ name: String, _ fields: [String], _ challenges: [(String, [String: String])]) {
            testDescription = name
            self.fields = fields
            self.challenges = challenges.map { Challenge(scheme: $0.0, parameters: $0.1) }
        }
    }

    static let rows = [
        Row("basic", [#"Basic realm="cam""#], [("Basic", ["realm": "cam"])]),
        Row(
            "digest", [#"Digest realm="cam", nonce="abc", qop="auth,auth-int", algorithm=MD5, stale=FALSE"#],
            [("Digest", ["realm": "cam", "nonce": "abc", "qop": "auth,auth-int", "algorithm": "MD5", "stale": "FALSE"])]),
        Row("no blanks", [#"Digest realm="cam",nonce="abc",qop="auth""#], [("Digest", ["realm": "cam", "nonce": "abc", "qop": "auth"])]),
        Row("blanks", ["  Digest \t realm = \"cam\" ,\t nonce= abc  "], [("Digest", ["realm": "cam", "nonce": "abc"])]),
        Row("odd capitals", [#"DIGEST REALM="Cam", Nonce="aBc""#], [("DIGEST", ["realm": "Cam", "nonce": "aBc"])]),
        Row(
            "two fields", [#"Basic realm="a""#, #"Digest realm="b", nonce="c""#],
            [("Basic", ["realm": "a"]), ("Digest", ["realm": "b", "nonce": "c"])]),
        Row(
            "two in one field", [#"Digest realm="b", nonce="c", Basic realm="a""#],
            [("Digest", ["realm": "b", "nonce": "c"]), ("Basic", ["realm": "a"])]),
        Row(
            "the other order", [#"Basic realm="a", Digest realm="b", nonce="c", algorithm=SHA-256, Digest realm="d", nonce="e""#],
            [
                ("Basic", ["realm": "a"]), ("Digest", ["realm": "b", "nonce": "c", "algorithm": "SHA-256"]),
                ("Digest", ["realm": "d", "nonce": "e"]),
            ]),
        Row(
            "commas, blanks and schemes in a quoted value", [#"Digest realm="a, Basic realm=b, c", nonce="x, y""#],
            [("Digest", ["realm": "a, Basic realm=b, c", "nonce": "x, y"])]),
        Row("escapes", [#"Basic realm="a \"b\" \\ \c", x="\\""#], [("Basic", ["realm": #"a "b" \ c"#, "x": #"\"#])]),
        Row("empty quoted value", [#"Digest realm="", nonce="""#], [("Digest", ["realm": "", "nonce": ""])]),
        Row("quoted value without an end", [#"Digest nonce="a", realm="b, c"#], [("Digest", ["nonce": "a", "realm": "b, c"])]),
        Row("quoted value that ends in an escape", [#"Basic realm="b\"#], [("Basic", ["realm": #"b\"#])]),
        Row(
            "unquoted values", ["Digest realm=cam, nonce=a/b+c==:@, qop=auth"],
            [("Digest", ["realm": "cam", "nonce": "a/b+c==:@", "qop": "auth"])]),
        Row(
            "unquoted value with blanks", ["Digest realm=My IP  Camera, nonce=x"],
            [("Digest", ["realm": "My IP Camera", "nonce": "x"])]),
        Row(
            "missing commas", [#"Digest realm="a" nonce="b" qop=auth algorithm=MD5 Basic realm="c""#],
            [("Digest", ["realm": "a", "nonce": "b", "qop": "auth", "algorithm": "MD5"]), ("Basic", ["realm": "c"])]),
        Row("doubled commas", [#",, Digest realm="a",, ,nonce="b",,"#], [("Digest", ["realm": "a", "nonce": "b"])]),
        Row("a comma behind the scheme", [#"Digest, realm="a", nonce="b""#], [("Digest", ["realm": "a", "nonce": "b"])]),
        Row(
            "a comma behind the second scheme", [#"Basic realm="a", Digest, realm="b", nonce="c""#],
            [("Basic", ["realm": "a"]), ("Digest", ["realm": "b", "nonce": "c"])]),
        Row("a word without value", [#"Digest realm="a", stale, nonce="b""#], [("Digest", ["realm": "a", "nonce": "b"]), ("stale", [:])]),
        Row(
            "token68", ["NTLM TlRMTVNTUAAC/+a==, Negotiate, Basic realm=x, Bearer abc"],
            [("NTLM", [:]), ("Negotiate", [:]), ("Basic", ["realm": "x"]), ("Bearer", [:])]),
        Row("schemes alone", ["Negotiate", "Basic", "Digest"], [("Negotiate", [:]), ("Basic", [:]), ("Digest", [:])]),
        Row("the first of a name", [#"Digest nonce="a", NONCE="b""#], [("Digest", ["nonce": "a"])]),
        Row("parameters before any scheme", [#"realm="a", Basic realm="b""#], [("Basic", ["realm": "b"])]),
        Row("stray characters", [#"@@ ; "lost" / Basic (realm)=, realm="b" ]["#], [("Basic", ["realm": "b"])]),
        Row("not ASCII", [#"Basic realm="Überwachung", charset="UTF-8""#], [("Basic", ["realm": "Überwachung", "charset": "UTF-8"])]),
        Row("nothing", ["", " ", ",", "\"", "=", "=="], []),
    ]

    @Test(arguments: rows)
    func challengesAreRead(_ row: Row) {
        #expect(Challenge.parse(row.fields) == row.challenges)
    }

    @Test func challengesAndParametersAreBounded() {
        let many = String(repeating: "Basic realm=x, ", count: 1000)
        #expect(Challenge.parse([many]).count == 16)
        #expect(Challenge.parse([String](repeating: "Basic realm=x", count: 1000)).count == 16)
        let wide = "Digest " + (0..<1000).map { "p\($0)=v" }.joined(separator: ", ")
        #expect(Challenge.parse([wide]).first?.parameters.count == 32)
    }

    @Test func longFieldsAreReadInOnePass() {
        for unit in ["a ", "a,", "\"", "a=", "a=b ", "=\"", "\\", "a=\"b\" ", "/", " "] {
            #expect(Challenge.parse([String(repeating: unit, count: 60_000 / unit.utf8.count)]).count <= 16)
        }
    }

    @Test func changedChallengesAreReadWithoutATrap() {
        var random = SeededRandom(seed: 8)
        var withNonce = 0
        for round in 0..<4000 {
            let row = Self.rows[round % Self.rows.count]
            let changed = row.fields.map {
                String(decoding: random.mutated(bytes($0), favourites: bytes("\"\\=, /\t")), as: UTF8.self)
            }
            let challenges = Challenge.parse(changed)
            #expect(challenges.count <= 16)
            if challenges.contains(where: { $0.parameters["nonce"] != nil }) { withNonce += 1 }
        }
        #expect(withNonce > 1000)
    }
}
