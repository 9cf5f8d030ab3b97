import Foundation
import TestSupport
import Testing

/// Proxies that pass connections on byte for byte, and say by the PROXY protocol whose they are.
@Suite struct ProxyProtocolTests {
    private struct Viewers: Decodable {
        struct Viewer: Decodable { let address: String }
        let viewerList: [Viewer]
    }

    @Test(arguments: ["send-proxy", "send-proxy-v2"], [false, true])
    func addressesOfViewersComeThroughHAProxy(word: String, encrypted: Bool) async throws {
        try await withBench { bench in
            let folder = try bench.folder()
            let key = try bench.program(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(folder)/key", "-out",
                    "\(folder)/chain", "-subj", "/CN=relay.example",
                ])
            #expect(try await key.exitStatus() == 0)
            let relay = try bench.relay(
                configuration: """
                    listen: ["127.0.0.1:0", "https://127.0.0.1:0"]
                    certificates: {chain: "\(folder)/chain", key: "\(folder)/key"}
                    trusted_proxies: 127.0.0.1
                    max_viewers_per_address: 1
                    sources: {clip: "file:\(DashboardTests.clip)"}
                    """)
            let (plain, secure) = (try await relay.port(), try await relay.port(1))
            let port = try await FreePort.find()
            let text = """
                defaults
                    mode tcp
                    timeout connect 5s
                    timeout client 1h
                    timeout server 1h
                listen relay
                    bind 127.0.0.1:\(port)
                    server relay 127.0.0.1:\(encrypted ? secure : plain) \(word)

                """
            _ = try bench.program("/usr/sbin/haproxy", ["-f", bench.file(named: "haproxy.cfg", text: text)])
            let base = "\(encrypted ? "https" : "http")://127.0.0.1:\(port)"
            func curl(_ arguments: String...) throws -> ChildProcess { try bench.program("curl", ["-sk"] + arguments) }
            try await eventually("haproxy answers") {
                try await curl("-f", "-o", "/dev/null", "\(base)/healthz").exitStatus() == 0
            }
            // A client's own word for its address is not the proxy's.
            let stream = try curl("-N", "--interface", "127.0.0.5", "-H", "X-Forwarded-For: 203.0.113.9", "\(base)/clip/stream")
            try await eventually("frames come") { stream.output.bytes.count > 100_000 }
            let status = try await bench.get("/clip/status?format=json", from: relay).json(Viewers.self)
            #expect(status.viewerList.map { $0.address.prefix { $0 != ":" } } == ["127.0.0.5"])
            // Limits for each address see it too.
            let second = try curl("--interface", "127.0.0.5", "-o", "/dev/null", "-w", "%{http_code}", "\(base)/clip/stream")
            #expect(try await second.exitStatus() == 0)
            #expect(second.output.text == "503")
            let other = try curl("-N", "--interface", "127.0.0.6", "\(base)/clip/stream")
            try await eventually("another address gets a stream") { other.output.bytes.count > 10_000 }
            // Somebody on this machine behind a proxy is no operator.
            let page = try curl("\(base)/clip/status?format=json")
            #expect(try await page.exitStatus() == 0)
            #expect(page.output.text.contains("\"viewer_list\":null"))
        }
    }

    @Test func onlyTrustedProxiesAreBelieved() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(for: camera)
            let connection = try await TestConnection.open(port: try await relay.port())
            try await connection.send("PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = try await connection.rest()
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
        }
    }

    /// A proxy that does not say for whom it speaks is a proxy all the same: nobody behind it is an operator.
    @Test(arguments: ["PROXY UNKNOWN\r\n", "\r\n\r\n\0\r\nQUIT\n\u{21}\u{31}\0\0", "\r\n\r\n\0\r\nQUIT\n\u{21}\0\0\0"])
    func nobodyBehindAProxyIsAnOperator(preamble: String) async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\ntrusted_proxies: 127.0.0.1\nsources: {front: \"\(camera.url)\"}\n")
            let request = "GET /front/status?format=json HTTP/1.1\r\nHost: localhost\r\n\r\n"
            for (before, isOperator) in [("", true), (preamble, false)] {
                let connection = try await TestConnection.open(port: try await relay.port())
                try await connection.send(before + request)
                let answer = try await connection.take("the status") { bytes, _ in
                    let text = String(buffer: bytes)
                    return text.contains("\"viewer_list\"") ? text : nil
                }
                #expect(answer.hasPrefix("HTTP/1.1 200 "))
                #expect(answer.contains("127.0.0.1:\(camera.port)") == isOperator)
            }
        }
    }

    /// What comes in pieces, and what never becomes a preamble.
    @Test func preamblesOfTrustedProxiesAreReadHoweverTheyCome() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 10))
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\ntrusted_proxies: 127.0.0.1\nsources: {front: \"\(camera.url)\"}\n")
            let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let pieces = try await TestConnection.open(port: try await relay.port())
            for byte in "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n" + request {
                try await pieces.send(String(byte))
            }
            #expect(String(decoding: try await pieces.rest(), as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
            let none = try await TestConnection.open(port: try await relay.port())
            try await none.send("P")
            try await none.send("OST /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(String(decoding: try await none.rest(), as: UTF8.self).hasPrefix("HTTP/1.1 405 "))
            let broken = try await TestConnection.open(port: try await relay.port())
            try await broken.send("PROXY nonsense\r\n" + request)
            #expect(try await broken.rest().isEmpty)
        }
    }
}
