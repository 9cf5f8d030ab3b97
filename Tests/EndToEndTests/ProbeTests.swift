import Foundation
import TestSupport
import Testing

/// `mjpeg-relay probe` in a network of its own, where the usual ports are free.
@Suite(.enabled(if: OwnNetwork.isPossible, "no network of its own can be made here"))
struct ProbeTests {
    /// Brings the network's own loop up, serves a picture over https at a port, and runs what it is told.
    private static let network = """
        import fcntl, http.server, socket, ssl, struct, subprocess, sys, threading
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64))
        picture = open(sys.argv[4], "rb").read()
        class Camera(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                print("asked", self.path, self.headers.get("Authorization"), file=sys.stderr)
                known = self.path == "/snapshot.jpg"
                self.send_response(200 if known else 404)
                self.send_header("Content-Type", "image/jpeg" if known else "text/plain")
                self.send_header("Content-Length", str(len(picture) if known else 0))
                self.end_headers()
                if known: self.wfile.write(picture)
            def log_message(self, *_): pass
        if sys.argv[1] != "0":
            server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Camera)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[2], sys.argv[3])
            server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.exit(subprocess.run(sys.argv[5:]).returncode)
        """

    private func run(_ bench: Bench, port: Int, _ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        let folder = try bench.folder()
        let pair = try TestAuthority(in: folder).issue("camera", for: ["127.0.0.1"])
        let script = try bench.file(named: "network.py", text: Self.network)
        try Data(TestPicture.jpeg(1)).write(to: URL(filePath: "\(folder)/picture.jpg"))
        let program = try bench.program(
            "unshare", ["-n", "python3", script, "\(port)", pair.chain, pair.key, "\(folder)/picture.jpg", RelayProcess.binary] + arguments)
        let status = try await program.exitStatus(within: .seconds(60))
        return (status, program.output.text, program.errors.text)
    }

    @Test(arguments: [443, 8443]) func httpsPortsAreTriedAndTheLoginStaysBehind(_ port: Int) async throws {
        try await withBench { bench in
            let result = try await run(bench, port: port, "probe", "viewer:geheim@127.0.0.1")
            // The addresses of 8080 include no snapshot.jpg; those of 80 do.
            guard port == 443 else {
                #expect(result.errors.contains("asked /snapshot None") && result.status == 1, "\(result)")
                return
            }
            #expect(result.status == 0, "\(result)")
            #expect(result.output.contains("again, trusting that certificate, without the login"))
            #expect(result.output.contains("url: 'https://127.0.0.1/snapshot.jpg'"))
            #expect(result.output.contains("tls_fingerprint: \"") && result.output.contains("interval: 1s"))
            #expect(!result.errors.contains("Basic") && !(result.output + result.errors).contains("geheim"))
        }
    }

    @Test func withoutANetworkItSaysSo() async throws {
        try await withBench { bench in
            let result = try await run(bench, port: 0, "probe")
            #expect(result.status == 1)
            #expect(result.errors.contains("no network of this machine takes multicast"), "\(result)")
        }
    }
}

/// A network that a test has for itself.
enum OwnNetwork {
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["unshare", "-n", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
