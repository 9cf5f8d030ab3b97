import Foundation
import TestSupport
import Testing

/// Logins from the URL reach the camera in the form that it asks for, and show nowhere else.
@Suite struct LoginTests {
    /// With characters that a URL must encode; the middle of it is looked for in everything that the relay writes.
    private static let password = "ca:n@a/r%y#?geheim"
    private static let encoded = "ca%3An%40a%2Fr%25y%23%3Fgeheim"

    private static func url(of camera: TestCamera) -> String { "http://viewer:\(encoded)@127.0.0.1:\(camera.port)/video?x=1" }

    @Test func basicLoginIsPercentDecoded() async throws {
        try await withBench { bench in
            let expected = "Basic " + Data("viewer:\(Self.password)".utf8).base64EncodedString()
            let camera = try await bench.camera { connection in
                if connection.field("Authorization") == expected {
                    try await connection.answer()
                    try await connection.send(picture: TestPicture.jpeg(1))
                } else {
                    try await connection.send(
                        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cam\"\r\nConnection: close\r\n\r\n")
                    await connection.close()
                }
            }
            let relay = try bench.relay("-d", "-p", "0", Self.url(of: camera))
            let viewer = try await bench.watch(of: relay)
            #expect(try await viewer.part().number == 1)
            #expect(camera.connectionCount == 2)
            try await Self.expectNoPassword(bench, relay)
        }
    }

    /// The camera is picky: it reckons the response itself (RFC 2617; MD5 of the machine's `md5sum`).
    @Test func digestLoginIsAnsweredAsTheCameraReckons() async throws {
        try await withBench { bench in
            let ha1 = try await Self.md5(bench, "viewer:cam:\(Self.password)")
            let ha2 = try await Self.md5(bench, "GET:/video?x=1")
            let camera = try await bench.camera { connection in
                guard let sent = connection.field("Authorization") else {
                    let challenge = "Digest realm=\"cam\", nonce=\"n0n,ce\", qop=\"auth,auth-int\", opaque=\"op\", algorithm=MD5"
                    try await connection.send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(challenge)\r\nContent-Length: 0\r\n\r\n")
                    return
                }
                let fields = Self.fields(sent)
                let response = try await Self.md5(
                    bench, "\(ha1):n0n,ce:\(fields["nc"] ?? ""):\(fields["cnonce"] ?? ""):auth:\(ha2)")
                let isRight =
                    sent.hasPrefix("Digest ") && fields["response"] == response && fields["username"] == "viewer"
                    && fields["uri"] == "/video?x=1" && fields["opaque"] == "op" && fields["realm"] == "cam"
                guard isRight else { return try await connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") }
                try await connection.answer()
                try await connection.send(picture: TestPicture.jpeg(1))
            }
            let relay = try bench.relay("-d", "-p", "0", Self.url(of: camera))
            let viewer = try await bench.watch(of: relay)
            #expect(try await viewer.part().number == 1)
            try await Self.expectNoPassword(bench, relay)
        }
    }

    @Test func refusedLoginIsTriedOnceADialAndNamedWithoutThePassword() async throws {
        try await withBench { bench in
            let camera = try await bench.camera { connection in
                try await connection.send(
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cam\"\r\nContent-Length: 0\r\n\r\n")
            }
            let relay = try bench.relay("-d", "-p", "0", Self.url(of: camera))
            let status = try await bench.status(of: relay) { $0.state == "refused" }
            #expect(status.reasonCode == "login_refused")
            #expect(camera.requests.filter { $0.field("Authorization") != nil }.count == 1)
            try await Self.expectNoPassword(bench, relay)
        }
    }

    private static func expectNoPassword(_ bench: Bench, _ relay: RelayProcess) async throws {
        var texts = [("log", relay.log.text), ("output", relay.output.text)]
        let paths = [
            "/status", "/status?format=json", "/", "/camera/", "/healthz", "/camera/healthz", "/readyz?strict=1", "/nothing", "/snapshot",
        ]
        for path in paths {
            let reply = try await bench.get(path, from: relay)
            texts.append((path, reply.head + reply.text))
        }
        let secrets = ["geheim", Data("viewer:\(password)".utf8).base64EncodedString()]
        for (place, text) in texts {
            for secret in secrets { #expect(!text.contains(secret), "the password shows in \(place)") }
        }
    }

    private static func md5(_ bench: Bench, _ text: String) async throws -> String {
        let path = try bench.folder() + "/text"
        try Data(text.utf8).write(to: URL(filePath: path))
        let program = try bench.program("md5sum", [path])
        _ = try await program.exitStatus()
        return String(program.output.text.prefix(32))
    }

    /// `name=value` and `name="value"` of a Digest answer.
    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for match in text.matches(of: /([a-z]+)=(?:"([^"]*)"|([^,\s]+))/) {
            fields[String(match.1)] = String(match.2 ?? match.3 ?? "")
        }
        return fields
    }
}
