import Foundation
import TestSupport
import Testing

/// Who may watch: users, cookies, links, wrong logins.
@Suite struct ViewerLoginTests {
    /// Of the password `secret`, as `htpasswd -nbB` printed it.
    private static let hash = "$2y$05$UK9vfiUbGryhiFjtppsM8usHt5ZqrMN/xnhwp9TXybzWbKUN023Cq"
    private static let otherHash = "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
    private static let key = "a key of the links"

    private static func login(_ name: String, _ password: String = "secret") -> String {
        "Authorization: Basic \(Data("\(name):\(password)".utf8).base64EncodedString())"
    }

    /// The status as far as a user's list goes.
    private struct Names: Decodable {
        struct Source: Decodable { let name: String }
        let sources: [Source]
    }

    private static func from(_ address: String) -> String { "X-Forwarded-For: \(address)" }

    private static func text(_ url: String, anna: String? = hash, key: String = key, _ further: String = "") -> String {
        """
        listen: 127.0.0.1:0
        trusted_proxies: 127.0.0.1
        \(further)
        users:
          \(anna.map { "anna: {password_hash: \"\($0)\"}" } ?? "carla: {password: secret}")
          berta: {password_hash: "\(hash)"}
          ops: {password: secret, operator: true}
        link_keys: {website: "\(key)"}
        sources:
          front: {url: "\(url)", viewers: everyone}
          yard: {url: "\(url)", viewers: [berta]}
          garden: "\(url)"
        """
    }

    /// A link's query, signed by the program itself.
    private static func link(_ bench: Bench, _ path: String, _ file: ChangingFile, _ further: String...) async throws -> String {
        let arguments = ["link", "-c", file.path, "https://cams.example" + path] + further
        let program = try bench.program(RelayProcess.binary, arguments)
        #expect(try await program.exitStatus() == 0)
        let line = program.output.text.trimmingCharacters(in: .newlines)
        #expect(line.hasPrefix("https://cams.example" + path))
        return String(line.dropFirst("https://cams.example".count))
    }

    @Test func everyoneSeesWhatIsForHim() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let file = try ChangingFile(bench, Self.text(camera.url))
            let relay = try bench.relay(reading: file)
            func status(_ path: String, _ fields: String...) async throws -> Int {
                try await bench.get(path, from: relay, method: "HEAD", fields).status
            }
            #expect(try await status("/front/stream") == 200)
            #expect(try await status("/yard/stream") == 401)
            #expect(try await status("/garden/stream") == 401)
            #expect(try await status("/garden/stream", Self.login("anna")) == 200)
            #expect(try await status("/garden/stream", "Authorization: bearer anna:secret") == 200)
            #expect(try await status("/yard/stream", Self.login("anna")) == 403)
            #expect(try await status("/yard/stream", Self.login("berta")) == 200)
            #expect(try await status("/yard/stream", Self.login("ops")) == 200)
            // What is not there looks like what is.
            let (closed, missing) = try await (bench.get("/yard/", from: relay), bench.get("/none/", from: relay))
            #expect(closed.status == 401 && closed.text == missing.text && closed.fields.map(\.name) == missing.fields.map(\.name))
            #expect(closed["WWW-Authenticate"] == "Basic realm=\"mjpeg-relay\", charset=\"UTF-8\"")
            for (name, sources) in [("anna", "front garden"), ("berta", "front yard garden"), ("ops", "front yard garden")] {
                let reply = try await bench.get("/status?format=json", from: relay, [Self.login(name)])
                #expect(try reply.json(Names.self).sources.map(\.name).joined(separator: " ") == sources)
                #expect(reply.text.contains("127.0.0.1") == (name == "ops"))
                let page = try await bench.get("/", from: relay, [Self.login(name)]).text
                #expect(page.contains("yard") == (name != "anna"))
                let metrics = try await bench.get("/metrics", from: relay, [Self.login(name)]).text
                #expect(metrics.contains("\"yard\"") == (name != "anna"))
            }
        }
    }

    @Test func pageGivesACookieThatWebSocketsTake() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(reading: try ChangingFile(bench, Self.text(camera.url)))
            let port = try await relay.port()
            func ask(_ path: String, _ fields: [String]) async throws -> HTTPReply {
                let viewer = try await bench.viewer(of: relay)
                let request = ["GET \(path) HTTP/1.1", "Host: localhost:\(port)"] + fields
                try await viewer.connection.send(request.joined(separator: "\r\n") + "\r\n\r\n")
                return try await viewer.head()
            }
            let set = try #require(try await ask("/", [Self.login("anna")])["Set-Cookie"])
            #expect(set.hasPrefix("mjpeg-relay-\(port)=") && set.hasSuffix("; Max-Age=43200; HttpOnly; SameSite=Lax"))
            #expect(try await ask("/", [Self.login("anna"), "X-Forwarded-Proto: https"])["Set-Cookie"]?.hasSuffix("; Secure") == true)
            let cookie = "Cookie: other=1; " + set.prefix { $0 != ";" }
            let upgrade = [
                "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ]
            let own = "Origin: http://localhost:\(port)"
            #expect(try await ask("/garden/ws", upgrade + [cookie, own]).status == 101)
            #expect(try await ask("/garden/ws", upgrade + [cookie, "Origin: http://evil.example"]).status == 403)
            #expect(try await ask("/garden/ws", upgrade + [own]).status == 401)
            #expect(try await ask("/yard/ws", upgrade + [cookie, own]).status == 403)
            // It is young enough.
            #expect(try await ask("/", [cookie])["Set-Cookie"] == nil)
            #expect(try await ask("/garden/stream", [Self.login("anna")])["Set-Cookie"] == nil)
            let stale = "Cookie: mjpeg-relay-\(port)=\(String(repeating: "A", count: 40))"
            let refusal = try await ask("/front/stream", [stale])
            #expect(refusal.status == 401 && refusal["Set-Cookie"]?.contains("Max-Age=0") == true)
            // Another relay's of this machine is none.
            #expect(try await ask("/front/stream", ["Cookie: mjpeg-relay-1=x"]).status == 200)
        }
    }

    @Test func reloadEndsWhoMayNoLongerWatchAndNobodyElse() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let url = camera.url
            let file = try ChangingFile(bench, Self.text(url))
            let relay = try bench.relay(reading: file)
            let link = try await Self.link(bench, "/garden/stream", file, "--for", "1h")
            func watch(_ path: String, _ fields: String...) async throws -> TestViewer {
                let viewer = try await bench.viewer(of: relay)
                try await viewer.ask(path, fields)
                try await viewer.openStream()
                return viewer
            }
            let (anna, berta) = try await (
                watch("/garden/stream?on_loss=silent", Self.login("anna")), watch("/garden/stream?on_loss=silent", Self.login("berta"))
            )
            let (linked, anyone) = try await (watch(link + "&on_loss=silent"), watch("/front/stream?on_loss=silent"))
            // The sources dial in their order: front, yard, garden.
            var upstreams: [CameraConnection] = []
            for number in 1...3 {
                upstreams.append(try await camera.connection(number))
                try await upstreams[number - 1].answer()
            }
            func expect(_ number: Int, _ viewers: [TestViewer]) async throws {
                for upstream in upstreams { try await upstream.send(picture: TestPicture.jpeg(number)) }
                for viewer in viewers { #expect(try await viewer.part().number == number) }
            }
            func expectEnd(_ viewer: TestViewer) async throws { _ = try await viewer.connection.rest(within: .seconds(5)) }
            try await expect(1, [anna, berta, linked, anyone])
            try file.write(Self.text(url, anna: Self.otherHash))
            try await relay.reload()
            try await expectEnd(anna)
            try await expect(2, [berta, linked, anyone])
            let again = try await watch("/garden/stream?on_loss=silent", Self.login("anna"))
            try file.write(Self.text(url, anna: nil))
            try await relay.reload()
            try await expectEnd(again)
            #expect(try await bench.get("/garden/stream", from: relay, [Self.login("anna")]).status == 401)
            try await expect(3, [berta, linked, anyone])
            try file.write(Self.text(url, anna: nil, key: "another key"))
            try await relay.reload()
            try await expectEnd(linked)
            #expect(try await bench.get(link, from: relay).status == 401)
            try await expect(4, [berta, anyone])
        }
    }

    /// Who waits for a picture is judged by what holds when it comes.
    @Test func snapshotThatWaitsIsNotGivenOnceThereAreUsers() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            func text(_ users: String) -> String {
                "listen: 127.0.0.1:0\n\(users)sources: {front: {url: \"\(camera.url)\", viewers: everyone}, yard: \"\(camera.url)\"}\n"
            }
            let file = try ChangingFile(bench, text("").replacing(", viewers: everyone", with: ""))
            let relay = try bench.relay(reading: file)
            let upstreams = try await (camera.connection(1), camera.connection(2))
            for upstream in [upstreams.0, upstreams.1] { try await upstream.answer() }
            var waiting: [TestViewer] = []
            for name in ["front", "yard"] {
                let viewer = try await bench.viewer(of: relay)
                try await viewer.ask("/\(name)/snapshot?wait=30s")
                waiting.append(viewer)
            }
            // Both wait before the reload.
            #expect(try await bench.get("/yard/healthz", from: relay).status != 401)
            try file.write(text("users: {anna: {password: secret}}\n"))
            try await relay.reload()
            #expect(try await bench.get("/yard/healthz", from: relay).status == 401)
            for upstream in [upstreams.0, upstreams.1] { try await upstream.send(picture: TestPicture.jpeg(1)) }
            #expect(try await waiting[0].reply().status == 200)
            #expect(try await waiting[1].reply().status == 401)
        }
    }

    @Test func linkEndsAtItsSecond() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let file = try ChangingFile(bench, Self.text(camera.url))
            let relay = try bench.relay(reading: file)
            _ = try await relay.port()
            let link = try await Self.link(bench, "/garden/stream", file, "--for", "4s")
            let end = try #require(link.firstMatch(of: /exp=([0-9]+)/).flatMap { Double($0.1) })
            let viewer = try await bench.watch(link, of: relay)
            let waiting = try await bench.viewer(of: relay)
            try await waiting.ask(link.replacing("/stream", with: "/snapshot") + "&_=17")
            #expect(try await waiting.reply().status == 200)
            _ = try await viewer.connection.rest()
            let late = Date().timeIntervalSince1970 - end
            #expect((0..<1).contains(late), "\(late) s late")
            let reply = try await bench.get(link, from: relay)
            #expect(reply.status == 403 && reply.text.contains("expired"))
        }
    }

    @Test func guessesWaitAndManyAtOnceAreNoMore() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(reading: try ChangingFile(bench, Self.text(camera.url)))
            func ask(_ fields: [String]) async throws -> HTTPReply { try await bench.get("/garden/status", from: relay, fields) }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...32 {
                    group.addTask { try await ask([Self.from("192.0.2.1"), Self.login("anna", "wrong\(number)")]).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 401 } == 5 && statuses.allSatisfy { [401, 429, 503].contains($0) }, "\(statuses)")
            let reply = try await ask([Self.from("192.0.2.1"), Self.login("anna")])
            #expect(reply.status == 429 && ["1", "2"].contains(reply["Retry-After"]))
            #expect(try await ask([Self.from("192.0.2.2"), Self.login("anna")]).status == 200)
            // Of IPv6, a household has many.
            for number in 1...5 { _ = try await ask([Self.from("2001:db8::\(number)"), Self.login("anna", "wrong\(number)")]) }
            #expect(try await ask([Self.from("2001:db8::1:2:3:4"), Self.login("anna")]).status == 429)
            #expect(try await ask([Self.from("2001:db8:0:1::1"), Self.login("anna")]).status == 200)
            // The same login many times at once is checked once.
            let many = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...100 { group.addTask { try await ask([Self.from("198.51.100.\(number)"), Self.login("ops")]).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(many.allSatisfy { $0 == 200 }, "\(many)")
            let log = relay.log.text
            #expect(log.split(separator: "\n").count { $0.contains("login failed") } == 10)
            for secret in ["wrong", "secret", Self.hash, Self.key, "sig="] { #expect(!log.contains(secret), "\(secret) is in the log") }
        }
    }

    @Test func addressesHaveTheirShareOfPlaces() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let text = Self.text(camera.url, "max_viewers_per_address: 2")
            let relay = try bench.relay(reading: try ChangingFile(bench, text))
            func ask(_ address: String) async throws -> Int {
                let viewer = try await bench.viewer(of: relay)
                try await viewer.ask("/front/stream", [Self.from(address)])
                return try await viewer.head().status
            }
            for address in ["2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.1", "::ffff:192.0.2.2"] {
                #expect(try await ask(address) == 200, "\(address)")
            }
            for address in ["2001:db8::3", "192.0.2.1", "::ffff:192.0.2.1"] { #expect(try await ask(address) == 503, "\(address)") }
            #expect(try await ask("2001:db8:0:1::1") == 200)
        }
    }

    @Test func commandLineClosesASingleCamera() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let hashing = try bench.program("/bin/sh", ["-c", "printf 'pä ss\\n' | \"$0\" hash", RelayProcess.binary])
            #expect(try await hashing.exitStatus() == 0)
            let hash = hashing.output.text.trimmingCharacters(in: .newlines)
            #expect(hash.hasPrefix("$y$"))
            let relay = try bench.relay(
                "-d", "-p", "0", "-w", "0", "--user", "anna:\(hash)", "--user", "wall", camera.url,
                environment: ["MJPEG_RELAY_PASSWORD": "of the wall", "MJPEG_RELAY_LINK_KEY": Self.key])
            func status(_ path: String, _ fields: String...) async throws -> Int {
                try await bench.get(path, from: relay, method: "HEAD", fields).status
            }
            #expect(try await status("/stream") == 401)
            #expect(try await status("/stream", Self.login("anna", "pä ss")) == 200)
            #expect(try await status("/stream", Self.login("wall", "of the wall")) == 200)
            #expect(try await bench.get("/", from: relay, listener: 1).status == 401)
            let folder = try bench.folder()
            let linking = try ChildProcess(
                RelayProcess.binary, ["link", "http://x/cams/stream?fps=5", "--for", "1h"], folder: folder,
                environment: ["MJPEG_RELAY_LINK_KEY": Self.key])
            #expect(try await linking.exitStatus() == 0)
            let link = try #require(linking.output.text.trimmingCharacters(in: .newlines).split(separator: "/cams").last)
            #expect(link.hasPrefix("/stream?fps=5&exp="))
            #expect(try await status(String(link)) == 200)
            for wrong in [["--user", "anna:geheim"], ["--user", "x"], ["--user", ":"]] {
                let program = try bench.program(RelayProcess.binary, wrong + [camera.url], environment: ["MJPEG_RELAY_PASSWORD": ""])
                #expect(try await program.exitStatus() == 1)
                #expect(!program.errors.text.contains("geheim"))
            }
        }
    }
}
