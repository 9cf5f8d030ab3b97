import Foundation
import TestSupport
import Testing

/// Publishing over TLS: another relay whose certificate is pinned, checked or not looked at, and curl.
@Suite struct PublishEncryptionTests {
    /// A relay whose first listener is plain and whose second is https, with a certificate that is made out to another name.
    private static func server(_ bench: Bench) throws -> (relay: RelayProcess, fingerprint: String) {
        let authority = try TestAuthority(in: bench.folder())
        try authority.issue("other", for: ["other.example"])
        let path = "\(authority.folder)/relay.yaml"
        try """
        listen: ["127.0.0.1:0", "https://127.0.0.1:0"]
        certificates: [{chain: other.pem, key: other.key}]
        sources: {garden: {publish: {password: sesame}, stall_timeout: 3s, linger: 1s}}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        let text = try TestAuthority.openssl(["x509", "-in", "other.pem", "-noout", "-fingerprint", "-sha256"], in: authority.folder)
        let fingerprint = try #require(text.split(separator: "=").last).trimmingCharacters(in: .whitespacesAndNewlines)
        return (try bench.relay("-d", "-c", path), fingerprint)
    }

    private static func edge(_ bench: Bench, camera: TestCamera, to server: RelayProcess, _ trust: String) async throws -> RelayProcess {
        let port = try await server.port(1)
        return try bench.relay(
            configuration: """
                listen: 127.0.0.1:0
                sources:
                  barn:
                    url: "\(camera.url)"
                    push: {url: "wss://barn:sesame@127.0.0.1:\(port)/garden/publish"\(trust)}
                    reconnect_min: 100ms
                    reconnect_max: 200ms
                """)
    }

    /// The certificate is made out to another name and nobody vouches for it: a pin and the word that no check is wanted let it pass.
    @Test(arguments: [true, false]) func picturesCrossAnEncryptedWay(isPinned: Bool) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 40_000))
            let (server, fingerprint) = try Self.server(bench)
            let trust = isPinned ? ", tls_fingerprint: \"\(fingerprint)\"" : ", tls_verify: false"
            var edge = try await Self.edge(bench, camera: camera, to: server, trust)
            let viewer = try await bench.watch("/garden/stream", of: server)
            for round in 1...2 {
                try await bench.status(of: server, path: "/garden/status") { $0.framesIn >= 10 * round && $0.state == "streaming" }
                try await eventually("a picture of the camera's, as it was") {
                    let part = try await viewer.anyPart()
                    return part.kind == nil && part.number.map { part.jpeg == TestPicture.jpeg($0, size: 40_000) } == true
                }
                guard round == 1 else { break }
                edge.send(SIGKILL)
                _ = try await edge.exitStatus()
                edge = try await Self.edge(bench, camera: camera, to: server, trust)
            }
            #expect(!server.log.text.contains("sesame") && !edge.log.text.contains("sesame"))
        }
    }

    /// A fingerprint with one wrong digit, and a check by authorities who do not know the certificate: not even the login is sent.
    @Test(arguments: [true, false]) func aWrongCertificateLearnsNothing(isPinned: Bool) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20, size: 1000))
            let (server, fingerprint) = try Self.server(bench)
            let nearly = fingerprint.dropLast() + (fingerprint.hasSuffix("0") ? "1" : "0")
            let edge = try await Self.edge(bench, camera: camera, to: server, isPinned ? ", tls_fingerprint: \"\(nearly)\"" : "")
            _ = try await edge.log.line(
                with: "not published", "the other relay's certificate",
                isPinned ? "is another one than 'tls_fingerprint' names" : "is signed by an authority that this machine does not know")
            try await Task.sleep(for: .seconds(1))
            let status = try await bench.get("/garden/status?format=json", from: server).json(SourceReply.self)
            #expect(status.framesIn == 0 && status.state == "waiting")
            #expect(!server.log.text.contains("login failed") && !server.log.text.contains("publisher connected"))
            #expect(!edge.log.text.contains("sesame"))
        }
    }

    @Test func curlPublishesOverHTTPS() async throws {
        try await withBench { bench in
            let (server, _) = try Self.server(bench)
            let folder = try bench.folder()
            let pictures = (1...5).map { TestPicture.jpeg($0, size: 50_000) }
            try Data(pictures.joined()).write(to: URL(filePath: "\(folder)/all.mjpeg"))
            try Data(TestPicture.jpeg(9, size: 5000)).write(to: URL(filePath: "\(folder)/one.jpg"))
            let port = try await server.port(1)
            func curl(_ file: String, _ further: String..., password: String = "sesame") async throws -> (status: Int32, answer: String) {
                let curl = try bench.program(
                    "curl",
                    ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-T", "\(folder)/\(file)"] + further
                        + ["https://cam:\(password)@127.0.0.1:\(port)/garden/publish"])
                let status = try await curl.exitStatus()
                return (status, curl.output.text)
            }
            #expect(try await curl("one.jpg").status == 60, "a certificate that nobody vouches for")
            #expect(try await curl("one.jpg", "-k", password: "simsim").answer == "401")
            #expect(try await bench.get("/garden/status?format=json", from: server).json(SourceReply.self).framesIn == 0)
            for (file, frames) in [("one.jpg", 1), ("all.mjpeg", 6), ("one.jpg", 7)] {
                #expect(try await curl(file, "-k").answer == "204")
                try await bench.status(of: server, path: "/garden/status") { $0.framesIn == frames }
            }
            #expect(try await bench.get("/garden/snapshot", from: server).body == TestPicture.jpeg(9, size: 5000))
            #expect(!server.log.text.contains("sesame"))
        }
    }
}
