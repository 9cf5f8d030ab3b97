import Foundation
import TestSupport
import Testing

/// https: real programs, certificates that change, and those who do not finish a handshake.
@Suite struct EncryptionTests {
    /// A folder with an authority and the certificates `a` (localhost, a.example) and `b` (b.example).
    private static func authority(_ bench: Bench) throws -> TestAuthority {
        let authority = try TestAuthority(in: bench.folder())
        try authority.issue("a", for: ["localhost", "a.example", "127.0.0.1"], serial: 4097)
        try authority.issue("b", for: ["b.example"], serial: 4098)
        return authority
    }

    /// A relay whose listeners are, in the order of the log: plain, https, redirect.
    private static func relay(_ bench: Bench, _ authority: TestAuthority, _ source: String) throws -> RelayProcess {
        let path = "\(authority.folder)/relay.yaml"
        try """
        listen: ["127.0.0.1:0", "https://127.0.0.1:0", {address: "127.0.0.1:0", redirect: https}]
        certificates: [{chain: a.pem, key: a.key}, {chain: b.pem, key: b.key}]
        sources: {front: "\(source)"}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        return try bench.relay("-d", "-c", path)
    }

    private static func shown(_ relay: RelayProcess, name: String, _ authority: TestAuthority, _ further: String...) async throws -> String
    {
        try TestAuthority.openssl(
            ["s_client", "-connect", "127.0.0.1:\(await relay.port(1))", "-servername", name, "-CAfile", "ca.pem"] + further,
            in: authority.folder)
    }

    /// The serial number of the certificate that is shown to whoever calls `name`.
    private static func serial(_ relay: RelayProcess, name: String, _ authority: TestAuthority) async throws -> Int {
        let pem = try await shown(relay, name: name, authority)
        guard let begin = pem.range(of: "-----BEGIN"), let end = pem.range(of: "-----END CERTIFICATE-----") else { return -1 }
        let file = "\(authority.folder)/\(UUID().uuidString)"
        try String(pem[begin.lowerBound..<end.upperBound]).write(toFile: file, atomically: true, encoding: .utf8)
        let text = try TestAuthority.openssl(["x509", "-in", file, "-noout", "-serial"], in: authority.folder)
        return text.split(separator: "=").last.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16) } ?? -1
    }

    @Test func theNameChoosesTheCertificateAndOldVersionsAreRefused() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let authority = try Self.authority(bench)
            let relay = try Self.relay(bench, authority, camera.url)
            for (name, serial) in [("a.example", 4097), ("b.example", 4098), ("B.EXAMPLE", 4098), ("other.example", 4097)] {
                #expect(try await Self.serial(relay, name: name, authority) == serial, "\(name)")
            }
            for version in ["-tls1_2", "-tls1_3"] {
                let text = try await Self.shown(relay, name: "a.example", authority, version, "-alpn", "h2,http/1.1")
                #expect(text.contains("ALPN protocol: http/1.1") && text.contains("Verify return code: 0 (ok)"), "\(version)")
            }
            await #expect(throws: (any Error).self) { try await Self.shown(relay, name: "a.example", authority, "-tls1_1") }
        }
    }

    @Test func realProgramsWatch() async throws {
        try await withBench { bench in
            let authority = try Self.authority(bench)
            let clip = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/demo.mjpeg").standardized.path
            let relay = try Self.relay(bench, authority, "file:\(clip)")
            let port = try await relay.port(1)
            let curl = try bench.program(
                "curl",
                [
                    "-sS", "--cacert", authority.certificate, "--retry", "5", "--retry-all-errors", "-o", "/dev/null", "-w",
                    "%{http_code} %{http_version}",
                    "https://localhost:\(port)/front/snapshot",
                ])
            #expect(try await curl.exitStatus() == 0)
            #expect(curl.output.text == "200 1.1")
            for tail in ["stream", "stream?advance_headers=1"] {
                let ffmpeg = try bench.program(
                    "ffmpeg",
                    [
                        "-nostdin", "-v", "error", "-ca_file", authority.certificate, "-tls_verify", "1", "-i",
                        "https://localhost:\(port)/front/\(tail)",
                        "-frames:v", "5", "-f", "null", "-",
                    ])
                #expect(try await ffmpeg.exitStatus(within: .seconds(60)) == 0, "\(ffmpeg.errors.text)")
            }
            let strange = try bench.program("curl", ["-sS", "https://localhost:\(port)/front/snapshot"])
            #expect(try await strange.exitStatus() != 0)
            let health = try bench.relay("health", "-p", "\(port)")
            #expect(try await health.exitStatus() == 0)
        }
    }

    @Test func aBrowserPlaysTheDashboard() async throws {
        try await withBench { bench in
            let authority = try Self.authority(bench)
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try Self.relay(bench, authority, camera.url)
            let browser = try await Browser.start(bench, trusting: authority.certificate)
            try await browser.open("https://localhost:\(relay.port(1))/")
            try await browser.expectMoving("front")
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 1 }
        }
    }

    @Test func aPlainRequestIsToldAndARedirectLeadsOn() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let authority = try Self.authority(bench)
            let relay = try Self.relay(bench, authority, camera.url)
            let refusal = try await bench.get("/front/stream", from: relay, listener: 1)
            #expect(refusal.status == 400 && refusal.text.contains("https"))
            let lone = try await bench.viewer(of: relay, listener: 1)
            try await lone.connection.send("G")
            #expect(try await lone.head().status == 400)
            // Neither a handshake nor a request.
            let rubbish = try await bench.viewer(of: relay, listener: 1)
            try await rubbish.connection.send([0x00, 0x16, 0x03, 0x01] + Array(repeating: 7, count: 2000))
            _ = try await rubbish.connection.rest()
            for (target, method) in [("/front/stream?a=1&b=%20c", "GET"), ("/", "HEAD"), ("/nothing/here", "GET")] {
                let answer = try await bench.get(target, from: relay, method: method, listener: 2)
                #expect(answer.status == 301)
                #expect(answer["Location"] == "https://localhost:\(try await relay.port(1))\(target)")
            }
            #expect(try await bench.get("/", from: relay, method: "POST", listener: 2).status == 405)
        }
    }

    @Test func newCertificatesBehindALinkLoseNoFrameOf50Viewers() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let authority = try Self.authority(bench)
            // As Kubernetes does: the files are links into a folder that is a link itself.
            for (folder, name) in [("one", "a"), ("two", "c")] {
                if name == "c" { try authority.issue("c", for: ["localhost"], serial: 4099) }
                try FileManager.default.createDirectory(atPath: "\(authority.folder)/\(folder)", withIntermediateDirectories: true)
                for ending in ["pem", "key"] {
                    try FileManager.default.copyItem(
                        atPath: "\(authority.folder)/\(name).\(ending)", toPath: "\(authority.folder)/\(folder)/tls.\(ending)")
                }
            }
            func lead(to folder: String) throws {
                symlink(folder, "\(authority.folder)/new")
                #expect(rename("\(authority.folder)/new", "\(authority.folder)/data") == 0)
            }
            try lead(to: "one")
            for ending in ["pem", "key"] { symlink("data/tls.\(ending)", "\(authority.folder)/tls.\(ending)") }
            let path = "\(authority.folder)/relay.yaml"
            try """
            listen: ["127.0.0.1:0", "https://127.0.0.1:0"]
            certificates: {chain: tls.pem, key: tls.key}
            sources: {front: "\(camera.url)"}
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let relay = try bench.relay("-d", "-c", path)
            #expect(try await Self.serial(relay, name: "localhost", authority) == 4097)
            var viewers: [TestViewer] = []
            for _ in 0..<50 {
                let viewer = try await bench.viewer(of: relay, listener: 1, trusting: authority.certificate)
                try await viewer.ask("/front/stream")
                try await viewer.openStream()
                viewers.append(viewer)
            }
            let upstream = try await camera.connection()
            try await upstream.answer()
            for number in 1...36 {
                if number == 20 { try lead(to: "two") }
                if number == 25 { relay.send(SIGHUP) }
                try await upstream.send(picture: TestPicture.jpeg(number))
                for viewer in viewers { #expect(try await viewer.part().number == number) }
            }
            try await eventually("the new certificate is shown") { try await Self.serial(relay, name: "localhost", authority) == 4099 }
            let status = try await bench.status(of: relay, path: "/front/status") { _ in true }
            #expect(status.framesSkipped == 0 && status.viewers == 50)
            // Whoever says goodbye gets the answer at once, as programs wait for it.
            let start = ContinuousClock.now
            for viewer in viewers { await viewer.close() }
            #expect(ContinuousClock.now - start < .seconds(4))
            try await bench.status(of: relay, path: "/front/status") { $0.viewers == 0 }
        }
    }

    @Test func halfAPairKeepsTheOldOneAndNoFileFromBeingRead() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let authority = try Self.authority(bench)
            let relay = try Self.relay(bench, authority, camera.url)
            #expect(try await Self.serial(relay, name: "a.example", authority) == 4097)
            try authority.issue("c", for: ["a.example"], serial: 4099)
            #expect(rename("\(authority.folder)/c.pem", "\(authority.folder)/a.pem") == 0)
            try await relay.reload()
            #expect(try await Self.serial(relay, name: "a.example", authority) == 4097)
            #expect(!relay.log.text.contains("cannot be used"))
            #expect(rename("\(authority.folder)/c.key", "\(authority.folder)/a.key") == 0)
            // Without another signal: what was half is looked at every few seconds.
            try await eventually("the whole pair is shown") { try await Self.serial(relay, name: "a.example", authority) == 4099 }
            #expect(!relay.log.text.contains("PRIVATE") && !relay.log.text.contains("BEGIN"))
        }
    }

    @Test func halfOpenHandshakesKeepNobodyOut() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let authority = try Self.authority(bench)
            let relay = try Self.relay(bench, authority, camera.url)
            let start = ContinuousClock.now
            var half: [TestViewer] = []
            for number in 0..<500 {
                let viewer = try await bench.viewer(of: relay, listener: 1)
                // Some say nothing, some half a hello.
                if number % 2 == 0 { try await viewer.connection.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]) }
                half.append(viewer)
            }
            let viewer = try await bench.viewer(of: relay, listener: 1, trusting: authority.certificate)
            try await viewer.ask("/healthz")
            #expect(try await viewer.reply().status == 200)
            #expect(try await bench.get("/healthz", from: relay).status == 200)
            for viewer in half { _ = try await viewer.connection.rest(within: .seconds(40)) }
            #expect(ContinuousClock.now - start >= .seconds(9))
            try await viewer.ask("/healthz")
            #expect(try await viewer.reply().status == 200)
        }
    }

    @Test func badCertificatesEndTheStartWithTheirPlace() async throws {
        try await withBench { bench in
            let authority = try Self.authority(bench)
            try authority.issue("old", for: ["old.example"], days: -1)
            func check(_ chain: String, _ key: String) async throws -> (status: Int32, said: String, complained: String) {
                let path = "\(authority.folder)/relay.yaml"
                let text = "listen: https://127.0.0.1:0\ncertificates: [{chain: \(chain), key: \(key)}]\nsources: {a: http://192.0.2.1/}\n"
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                let relay = try bench.relay("--check", "-c", path)
                return (try await relay.exitStatus(), relay.output.text, relay.log.text)
            }
            let good = try await check("a.pem", "a.key")
            #expect(
                good.status == 0 && good.said.contains("a.pem: for localhost, a.example, 127.0.0.1, until 2")
                    && good.said.hasSuffix("\nok\n"))
            let expired = try await check("old.pem", "old.key")
            #expect(expired.status == 1 && expired.complained.contains("the certificate for old.example has expired on 2"))
            let other = try await check("a.pem", "b.key")
            #expect(other.status == 1 && other.complained.contains("relay.yaml:2:36: 'key' in 'certificates': this key does not fit"))
            let none = try await check("no.pem", "b.key")
            #expect(none.status == 1 && none.complained.contains("relay.yaml:2:24: 'chain' in 'certificates': there is no such file"))
            // An expired one does not keep cameras from being watched.
            let arguments = ["--certificate", "old.pem", "--key", "old.key", "-p", "0", "http://192.0.2.1/"]
            let relay = try bench.relay(arguments, folder: authority.folder)
            _ = try await relay.port()
            #expect(relay.log.text.contains("a certificate has expired on 2"))
            let lone = try bench.relay("--certificate", "a.pem", "http://192.0.2.1/")
            #expect(try await lone.exitStatus() == 64)
        }
    }

    @Test func whoMayNotReadAKeyIsToldWhose() async throws {
        guard geteuid() == 0 else { return }
        try await withBench { bench in
            let authority = try Self.authority(bench)
            for name in ["a.pem", "a.key"] { chmod("\(authority.folder)/\(name)", 0o644) }
            let path = "\(authority.folder)/relay.yaml"
            try "listen: https://127.0.0.1:0\ncertificates: [{chain: a.pem, key: a.key}]\nsources: {a: http://192.0.2.1/}\n"
                .write(toFile: path, atomically: true, encoding: .utf8)
            func check() async throws -> String {
                let relay = try bench.program(
                    "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", RelayProcess.binary, "--check", "-c", path])
                #expect(try await relay.exitStatus() == 1)
                return relay.errors.text
            }
            chmod(authority.folder, 0o755)
            chmod("\(authority.folder)/a.key", 0o600)
            #expect(
                try await check().contains("'key' in 'certificates': cannot be read by this user: it belongs to root:root with mode 0600"))
            mkdir("\(authority.folder)/closed", 0o700)
            #expect(rename("\(authority.folder)/a.key", "\(authority.folder)/closed/a.key") == 0)
            symlink("closed/a.key", "\(authority.folder)/a.key")
            #expect(try await check().contains("/closed belongs to root:root with mode 0700"))
        }
    }
}
