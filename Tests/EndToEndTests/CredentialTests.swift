import Foundation
import TestSupport
import Testing

/// No login shows in what the relay writes, whatever the camera or a program says back, whatever fails and whoever asks.
@Suite struct CredentialTests {
    /// Decoded, percent-encoded, and what the test looks for.
    private static let password = "kanarien/vogel"
    private static let encoded = "kanarien%2Fvogel"
    private static let secrets = [
        "kanarien", "vogel", Data("viewer:\(password)".utf8).base64EncodedString(), Data(password.utf8).base64EncodedString(),
    ]

    private static let views = [
        "", "embed", "status", "status?format=json", "metrics", "healthz", "snapshot", "snapshot?on_loss=silent", "stream?fps=0",
    ]

    /// Each kind of failure by a source, each place for a login in a file.
    private static func configuration(_ bench: Bench, _ cameras: [String: TestCamera], word: String) throws -> String {
        let file = try bench.file(named: "password", text: password + "\n")
        func url(_ name: String, _ target: String = "/video") -> String {
            "http://viewer:\(encoded)@127.0.0.1:\(cameras[name]?.port ?? 1)\(target)"
        }
        let echo = cameras["echo"]?.port ?? 1
        return """
            listen: [127.0.0.1:0, "unix:relay.sock"]
            log: {level: debug, viewers: true}
            defaults: {reconnect_min: 100ms, reconnect_max: 200ms, connect_timeout: 1s, stall_timeout: 1s, heartbeat: 500ms}
            sources:
              well: "\(url("well"))"
              well-by-file: {url: "http://127.0.0.1:\(cameras["well"]?.port ?? 1)/video", username: viewer, password_file: "\(file)"}
              refused: "\(url("refuses"))"
              digest: "\(url("digest"))"
              echo: "\(url("echo", "/cgi?user=viewer&pwd=\(encoded)&x=1"))"
              echo-header: {url: "http://127.0.0.1:\(echo)/video", headers: {Authorization: "Bearer \(password)"}}
              nobody: "\(url("nobody"))"
              no-name: "http://viewer:\(encoded)@camera.invalid/video"
              no-tls: "https://viewer:\(encoded)@127.0.0.1:\(cameras["well"]?.port ?? 1)/video"
              elsewhere: "\(url("elsewhere"))"
              page: "\(url("page"))"
              stalls: "\(url("stalls"))"
              list: {url: ["\(url("nobody"))", "\(url("refuses"))"]}
              polled: {url: "\(url("well", "/picture?password=\(encoded)"))", interval: 1s}
              program: {exec: [/bin/sh, -c, 'echo "$0 $1" >&2; exit 1', "rtsp://viewer:\(encoded)@127.0.0.1:9/x", "token=\(password)"]}
              off: {url: "\(url("well"))", enabled: false}
              \(word)
            """
    }

    private static func cameras(_ bench: Bench) async throws -> [String: TestCamera] {
        let streaming = CameraScript.streaming(framesPerSecond: 20)
        let nobody = try await bench.camera()
        await nobody.goAway()
        return [
            "nobody": nobody,
            "well": try await bench.camera(streaming),
            "refuses": try await bench.camera { connection in
                let realm = connection.field("Authorization") ?? "cam"
                try await connection.send(
                    "HTTP/1.1 401 No \(realm)\r\nWWW-Authenticate: Basic realm=\"\(realm)\"\r\nServer: \(realm)\r\nContent-Length: 0\r\n\r\n"
                )
            },
            "digest": try await bench.camera { connection in
                try await connection.send(
                    "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"c\", nonce=\"n\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n")
            },
            // Says back what it was asked, in every place that the relay shows.
            "echo": try await bench.camera { connection in
                let target = connection.request.target
                let login = connection.field("Authorization") ?? "nothing"
                guard connection.number % 2 == 0 else {
                    return try await connection.send("HTTP/1.1 404 no \(target) for \(login)\r\nContent-Length: 0\r\n\r\n")
                }
                let form = "multipart/x-mixed-replace; boundary=\(login.filter { $0 != " " })"
                try await connection.send("HTTP/1.1 200 \(target)\r\nServer: \(login) \(target)\r\nContent-Type: \(form)\r\n\r\n")
                try await connection.send(picture: TestPicture.jpeg(1))
                await connection.close()
            },
            "elsewhere": try await bench.camera { connection in
                try await connection.send(
                    "HTTP/1.1 302 Found\r\nLocation: http://viewer:\(encoded)@127.0.0.2:9/x?pwd=\(encoded)\r\nContent-Length: 0\r\n\r\n")
            },
            "page": try await bench.camera { connection in
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; p=\(encoded)\r\nContent-Length: 30\r\n\r\n<p>\(password)</p>              "
                )
                await connection.close()
            },
            "stalls": try await bench.camera { try await $0.answer() },
        ]
    }

    @Test func noLoginShowsAnywhere() async throws {
        try await withBench { bench in
            let cameras = try await Self.cameras(bench)
            let folder = try bench.folder()
            let path = folder + "/relay.yaml"
            func write(_ word: String) throws {
                try Self.configuration(bench, cameras, word: word).write(toFile: path, atomically: true, encoding: .utf8)
            }
            try write("last: \"file:nothing.mjpeg\"")
            let relay = try bench.relay("-d", "-c", path)
            let names = try await eventually("every source has told how it goes") {
                let status = try await bench.get("/status?format=json", from: relay).json(StatusReply.self)
                return status.sources.allSatisfy { $0.state != "connecting" || $0.reasonCode != nil } ? status.sources.map(\.name) : nil
            }
            #expect(names.count == 17)
            let viewer = try await bench.watch("/well/stream", of: relay)
            _ = try await viewer.part()
            await viewer.close()
            // Two connections of the camera that says everything back: a refusal, and a stream.
            _ = try await #require(cameras["echo"]).connection(5)

            var texts: [(String, String)] = []
            for path in ["/", "/status", "/status?format=json", "/metrics", "/readyz?strict=1", "/healthz", "/nothing"] {
                let reply = try await bench.get(path, from: relay)
                texts.append((path, reply.head + reply.text))
            }
            for name in names {
                for view in Self.views {
                    let reply = try await bench.get("/\(name)/\(view)", from: relay)
                    texts.append(("/\(name)/\(view)", reply.head + reply.text))
                }
            }
            // What is wrong with a file is told without what stands in it.
            for (word, problem) in [
                ("bad: \"http://viewer:\(Self.encoded)@127.0.0.1:99999/\"", "port"),
                ("bad: \"http://viewer:\(Self.password)@host/\"", "URL"),
                ("bad: {url: \"http://h/\", username: viewer, pasword: \"\(Self.password)\"}", "pasword"),
                ("bad: {url: \"http://h/\", password: [\"\(Self.password)\"]}", "password"),
                ("bad: {url: \"http://h/\", tls_fingerprint: \"\(Self.password)\"}", "tls_fingerprint"),
                ("bad: {url: \"ftp://viewer:\(Self.encoded)@h/\"}", "URL"),
                ("bad: {url: \"http://h/\", headers: {\"X Key\": \"\(Self.password)\"}}", "header"),
                ("bad: {exec: \"ffmpeg -i rtsp://viewer:\(Self.encoded)@h/\"}", "exec"),
            ] {
                try write(word)
                let check = try bench.program(RelayProcess.binary, ["--check", "-c", path])
                #expect(try await check.exitStatus() == 1, "\(word)")
                #expect(check.errors.text.contains(problem), "\(check.errors.text)")
                texts.append(("--check", check.output.text + check.errors.text))
                let seen = relay.log.lines.count
                relay.send(SIGHUP)
                try await eventually("the problem is in the log") { relay.log.lines.dropFirst(seen).contains { $0.contains(problem) } }
                let reply = try await bench.get("/status?format=json", from: relay)
                texts.append(("/status after a bad reload", reply.text))
            }
            relay.send(SIGTERM)
            _ = try await relay.exitStatus()
            texts += [("log", relay.log.text), ("output", relay.output.text)]
            for (place, text) in texts {
                for secret in Self.secrets where text.contains(secret) {
                    let lines = text.split(separator: "\n").filter { $0.contains(secret) }
                    Issue.record("a login shows in \(place): \(lines.first ?? "")")
                }
            }
        }
    }

    @Test func probeShowsNoPassword() async throws {
        try await withBench { bench in
            let cameras = try await Self.cameras(bench)
            for name in ["well", "refuses", "echo", "echo", "elsewhere", "page"] {
                let camera = try #require(cameras[name])
                let url = "http://viewer:\(Self.encoded)@127.0.0.1:\(camera.port)/video"
                let probe = try bench.program(RelayProcess.binary, ["probe", url])
                _ = try await probe.exitStatus()
                let text = probe.output.text + probe.errors.text
                #expect(text.contains("127.0.0.1"))
                for secret in Self.secrets { #expect(!text.contains(secret), "\(text)") }
            }
        }
    }
}
