import Foundation
import TestSupport
import Testing

/// The relay under a path of its own behind the proxies that people use, by the snippets in Examples/.
@Suite struct ProxyTests {
    private static let examples = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples").standardized

    @Test(arguments: ["nginx", "nginx with TLS", "haproxy", "caddy"])
    func dashboardStreamAndSnapshotWorkUnderAPath(_ kind: String) async throws {
        try await withBench { bench in
            let relay = try bench.relay(
                configuration: """
                    listen: 127.0.0.1:0
                    trusted_proxies: 127.0.0.1
                    sources: {clip: "file:\(DashboardTests.clip)"}
                    """)
            let port = try await FreePort.find()
            try await Self.start(kind, bench, port: port, relayPort: try await relay.port())
            let base = "\(kind.hasSuffix("TLS") ? "https" : "http")://127.0.0.1:\(port)/cams"
            try await eventually("\(kind) answers") {
                try await bench.program("curl", ["-skf", "-o", "/dev/null", "\(base)/healthz"]).exitStatus() == 0
            }

            let browser = try await Browser.start(bench, trustsAnyCertificate: true)
            try await browser.open(base)
            try await browser.expectMoving("clip")
            let status = try await bench.get("/clip/status?format=json", from: relay).json(Viewers.self)
            #expect(status.viewerList.map(\.address) == ["127.0.0.1"], "the proxy's word, which names no port")
            try await browser.open("\(base)/clip/")
            try await eventually("the large view moves") {
                try await browser.number("document.querySelector('canvas').dataset.frames | 0") > 5
            }
            #expect(try await browser.text("document.querySelector('.line pre').textContent").contains("\"\(base)/clip/embed\""))
            #expect(try await browser.complaints() == [])

            let stream = try bench.program("curl", ["-skN", "\(base)/clip/stream"])
            try await eventually("frames come through \(kind)") { stream.output.bytes.count > 100_000 }
            #expect(stream.output.bytes.starts(with: Array("--".utf8)))
            let snapshot = try bench.program(
                "curl", ["-sk", "-o", "/dev/null", "-w", "%{http_code} %{content_type}", "\(base)/clip/snapshot"])
            #expect(try await snapshot.exitStatus() == 0)
            #expect(snapshot.output.text == "200 image/jpeg")
        }
    }

    private struct Viewers: Decodable {
        struct Viewer: Decodable { let address: String }
        let viewerList: [Viewer]
    }

    private static func start(_ kind: String, _ bench: Bench, port: Int, relayPort: Int) async throws {
        func snippet(_ name: String) throws -> String {
            try String(contentsOf: examples.appending(path: name), encoding: .utf8).replacingOccurrences(of: "54321", with: "\(relayPort)")
        }
        switch kind {
        case "haproxy":
            let text = try snippet("haproxy.cfg").replacingOccurrences(of: "bind :80", with: "bind 127.0.0.1:\(port)")
            _ = try bench.program("/usr/sbin/haproxy", ["-f", bench.file(named: "haproxy.cfg", text: text)])
        case "caddy":
            let text = try snippet("Caddyfile").replacingOccurrences(of: ":80 {", with: "http://127.0.0.1:\(port) {")
            let file = try bench.file(named: "Caddyfile", text: "{\n\tadmin off\n}\n" + text)
            _ = try bench.program(
                "caddy", ["run", "--config", file, "--adapter", "caddyfile"], environment: ["HOME": bench.folder()])
        default:
            let parts = try snippet("nginx.conf").split(separator: "location", maxSplits: 1).map(String.init)
            let folder = try bench.folder()
            var listen = "listen 127.0.0.1:\(port);"
            if kind.hasSuffix("TLS") {
                let key = try bench.program(
                    "openssl",
                    [
                        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(folder)/key", "-out", "\(folder)/cert", "-subj",
                        "/CN=x",
                    ])
                #expect(try await key.exitStatus() == 0)
                listen = "listen 127.0.0.1:\(port) ssl http2; ssl_certificate \(folder)/cert; ssl_certificate_key \(folder)/key;"
            }
            let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            let paths = kinds.map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
            let text = """
                daemon off; pid \(folder)/pid; error_log \(folder)/log; events {}
                http { access_log off; \(paths)
                \(parts[0])
                server { \(listen)
                location\(parts[1])
                } }
                """
            _ = try bench.program("/usr/sbin/nginx", ["-c", bench.file(named: "nginx.conf", text: text)])
        }
    }

    @Test func metricsAndAlertsAreAsPrometheusWantsThem() async throws {
        try await withBench { bench in
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources: {clip: \"file:\(DashboardTests.clip)\"}\n")
            let viewer = try await bench.watch("/clip/stream", of: relay)
            try await bench.status(of: relay, path: "/clip/status") { $0.state == "streaming" }
            let port = try await relay.port()
            let check = try bench.program("sh", ["-c", "curl -s http://127.0.0.1:\(port)/metrics | promtool check metrics"])
            #expect(try await check.exitStatus() == 0)
            #expect(check.errors.text == "", "promtool has something to say")
            let rules = try bench.program("promtool", ["check", "rules", Self.examples.appending(path: "alerts.yaml").path])
            #expect(try await rules.exitStatus() == 0)
            await viewer.close()
        }
    }
}
