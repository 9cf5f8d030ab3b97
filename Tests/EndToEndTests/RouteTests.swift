import Foundation
import TestSupport
import Testing

/// The addresses of the single-URL mode and their other names.
@Suite struct RouteTests {
    @Test func streamHasItsNames() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(for: camera)
            for path in [
                "/stream", "/stream.mjpg", "/stream.mjpeg", "/?action=stream", "/stream/", "/stream?t=17", "/?action=stream&1712",
                "/camera/stream", "/camera/stream.mjpg", "/camera/stream.mjpeg", "/camera/?action=stream", "/camera/stream/",
                "/camera?action=stream", "/%73tream", "http://localhost/stream",
            ] {
                let viewer = try await bench.watch(path, of: relay)
                #expect(try await viewer.part().number == 1, "at \(path)")
                await viewer.close()
            }
            #expect(camera.connectionCount == 1)
        }
    }

    @Test func snapshotHasItsNames() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.framesIn > 0 }
            for path in [
                "/snapshot", "/snapshot.jpg", "/snapshot.jpeg", "/?action=snapshot", "/snapshot/", "/snapshot?_=1712",
                "/camera/snapshot", "/camera/snapshot.jpg", "/camera/?action=snapshot",
            ] {
                let reply = try await bench.get(path, from: relay)
                #expect(reply.status == 200)
                #expect(reply["Content-Type"] == "image/jpeg")
                #expect(reply["Cache-Control"]?.contains("no-cache") == true)
                #expect(reply.body == TestPicture.jpeg(1, size: 2000), "at \(path)")
            }
            #expect(camera.connectionCount == 1)
        }
    }

    @Test func statusIsAPageOrJSON() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.state == "streaming" && $0.name == "camera" }
            for (path, fields, type) in [
                ("/status", [], "text/html"), ("/status", ["Accept: application/json"], "application/json"),
                ("/status?format=json", [], "application/json"), ("/status?format=html", ["Accept: application/json"], "text/html"),
                ("/status/", ["Accept: text/html,*/*;q=0.8"], "text/html"), ("/camera/status", [], "text/html"),
                ("/camera/status?format=json", [], "application/json"),
            ] {
                let reply = try await bench.get(path, from: relay, fields)
                #expect(reply.status == 200)
                #expect(reply["Content-Type"]?.hasPrefix(type) == true, "at \(path) \(fields)")
                #expect(reply.text.contains("streaming"))
                if type == "application/json" { _ = try reply.json(SourceReply.self) }
            }
        }
    }

    @Test func rootLeadsToTheStatus() async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let reply = try await bench.get("/", from: relay)
            #expect((300...399).contains(reply.status))
            // Relative, so that a proxy may serve the relay under a path of its own.
            #expect(reply["Location"] == "status")
        }
    }

    @Test func healthAndReadinessDoNotDependOnTheCamera() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            await camera.goAway()
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.state == "waiting" }
            #expect(try await bench.get("/healthz", from: relay).status == 200)
            #expect(try await bench.get("/readyz", from: relay).status == 200)
            #expect(try await bench.get("/camera/healthz", from: relay).status == 503)
            let strict = try await bench.get("/readyz?strict=1", from: relay)
            #expect(strict.status == 503)
            #expect(strict.text.contains("camera"))
        }
    }

    @Test(arguments: ["/nothing", "/camera/nothing", "/stream/more", "/streams", "/nobody/stream", "/status.html", "/favicon.ico"])
    func unknownPathIs404(path: String) async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let reply = try await bench.get(path, from: relay)
            #expect(reply.status == 404)
            #expect(!reply.body.isEmpty)
        }
    }

    @Test(arguments: [
        "/status?format=xml", "/stream?advance_headers=2", "/stream?advance_headers", "/readyz?strict=maybe", "/?action=dance",
    ])
    func knownKeyWithABadValueIs400(target: String) async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let reply = try await bench.get(target, from: relay)
            #expect(reply.status == 400)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"], ["/stream", "/snapshot", "/nothing"])
    func otherMethodsAre405WithAllow(method: String, path: String) async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let reply = try await bench.get(path, from: relay, method: method, ["Content-Length: 0"])
            #expect(reply.status == 405)
            #expect(reply["Allow"] == "GET, HEAD, OPTIONS")
        }
    }

    @Test func headHasTheSameHeadAndNoBody() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.framesIn > 0 }
            let viewer = try await bench.viewer(of: relay)
            for path in ["/snapshot", "/healthz", "/nothing", "/snapshot"] {
                try await viewer.ask(path, method: "HEAD")
                let reply = try await viewer.reply(isHead: true)
                #expect(reply["Content-Length"].flatMap { Int($0) } ?? 0 > 0)
            }
            try await viewer.ask("/stream", method: "HEAD")
            #expect(try await viewer.head()["Content-Type"]?.hasPrefix("multipart/x-mixed-replace; boundary=") == true)
            // Nothing comes behind any of the heads.
            #expect(try await viewer.connection.rest().isEmpty)
        }
    }

    @Test func pictureThatTheCameraStillHasIsAFreshOne() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.onePicture())
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", interval: 300ms}}\n")
            try await bench.status(of: relay, path: "/front/status") { $0.framesIn > 0 }
            let first = try await bench.get("/front/snapshot", from: relay)
            let fresh = try await bench.get("/front/snapshot?wait=10s", from: relay)
            #expect(fresh.status == 200)
            #expect(fresh["ETag"] == first["ETag"], "it is the same picture")
            let times = [first, fresh].compactMap { $0["X-Timestamp"].flatMap(Double.init) }
            #expect(times.count == 2 && times[1] > times[0], "of a later time: \(times)")
        }
    }

    @Test func headOfASnapshotThatThereIsNotIsThatOfTheGet() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nsources: {front: {url: \"\(camera.url)\", stall_timeout: 1s, connect_timeout: 1s}}\n")
            // One picture; the connections that follow bring none.
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            try await bench.status(of: relay, path: "/front/status") { $0.framesIn > 0 }
            try await eventually("the picture is too old") { try await bench.get("/front/snapshot", from: relay).status == 503 }
            let whole = try await bench.get("/front/snapshot", from: relay)
            let head = try await bench.get("/front/snapshot", from: relay, method: "HEAD")
            #expect(head.status == whole.status)
            #expect(head["Content-Type"] == whole["Content-Type"])
            #expect(head["Content-Length"] == whole["Content-Length"])
        }
    }

    @Test(arguments: [("none", false), ("[\"https://home.example:443\"]", true), ("\"https://other.example\"", false)])
    func otherSitesMayReadWhatTheFileSays(cors: String, isAllowed: Bool) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\ncors: \(cors)\nsources: {front: \"\(camera.url)\"}\n")
            try await bench.status(of: relay, path: "/front/status") { $0.framesIn > 0 }
            let origin = ["Origin: https://home.example"]
            let snapshot = try await bench.get("/front/snapshot", from: relay, origin)
            let tag = try #require(snapshot["ETag"])
            let viewer = try await bench.viewer(of: relay)
            try await viewer.ask("/front/snapshot", origin + ["If-None-Match: \(tag)"])
            // Like that of a HEAD, the answer has no body.
            let known = try await viewer.reply(isHead: true)
            #expect(known.status == 304)
            try await viewer.ask("/front/stream", origin)
            for reply in [snapshot, known, try await viewer.head()] {
                #expect(reply["Access-Control-Allow-Origin"] == (isAllowed ? "https://home.example" : nil))
                #expect(reply["Vary"] == (cors == "none" ? nil : "Origin"), "a cache keeps the answers for two sites apart")
                #expect(reply["Cross-Origin-Resource-Policy"] == "cross-origin", "it may be shown anywhere")
            }
        }
    }

    @Test func pagesAreFramedByWhomTheFileNames() async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\nframe_ancestors: https://home.example\nsources: {a: \"http://127.0.0.1:9/\"}\n")
            for (path, who) in [("/", "'self' https://home.example"), ("/a/", "'self' https://home.example"), ("/a/embed", "*")] {
                let policy = try await bench.get(path, from: relay)["Content-Security-Policy"] ?? ""
                #expect(policy.hasSuffix("frame-ancestors \(who)"), "\(path): \(policy)")
            }
        }
    }

    @Test func optionsAllowOtherSitesToAsk() async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let reply = try await bench.get("/stream", from: relay, method: "OPTIONS", ["Origin: https://example.org"])
            #expect((200...204).contains(reply.status))
            #expect(reply["Access-Control-Allow-Origin"] == "*")
            #expect(reply["Access-Control-Allow-Methods"]?.contains("GET") == true)
        }
    }
}
