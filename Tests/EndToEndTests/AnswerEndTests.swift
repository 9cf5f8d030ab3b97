import Foundation
import TestSupport
import Testing

/// Answers arrive whole, however slowly they are read and whatever happens meanwhile, and none waits for ever.
@Suite struct AnswerEndTests {
    private static let size = 600_000

    private static func relay(_ bench: Bench) async throws -> RelayProcess {
        let camera = try await bench.camera(CameraScript.still(size: size))
        let relay = try bench.relay(for: camera)
        try await bench.status(of: relay) { $0.framesIn > 0 }
        return relay
    }

    /// 1 Mbit/s: five seconds, more than a closed connection lingers.
    private static let slow = TestConnection.Reading.limited(bytesPerSecond: 125_000)

    @Test(arguments: ["GET /snapshot HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET /snapshot HTTP/1.0\r\n\r\n"])
    func aSlowlyReadSnapshotIsWholeWhereTheConnectionEndsBehindIt(_ request: String) async throws {
        try await withBench { bench in
            let relay = try await Self.relay(bench)
            let viewer = try await bench.viewer(of: relay, reading: Self.slow)
            try await viewer.connection.send(request)
            let reply = try await viewer.reply()
            #expect(reply.body == TestPicture.jpeg(1, size: Self.size))
            #expect(try await viewer.connection.rest().isEmpty)
        }
    }

    @Test func aSnapshotUnderWayIsNotCutByTheRelaysEnd() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still(size: Self.size))
            let relay = try bench.relay(
                configuration: "listen: 127.0.0.1:0\ndrain_timeout: 60s\nsources: {front: \"\(camera.url)\"}\n")
            try await bench.status(of: relay, path: "/front/status") { $0.framesIn > 0 }
            let viewer = try await bench.viewer(of: relay, reading: Self.slow)
            try await viewer.ask("/front/snapshot")
            let length = try #require(try await viewer.head()["Content-Length"].flatMap { Int($0) })
            relay.send(SIGTERM)
            let body = try await viewer.connection.take("the picture") { bytes, _ in bytes.readBytes(length: length) }
            #expect(body == TestPicture.jpeg(1, size: Self.size))
            #expect(try await relay.exitStatus() == 0)
        }
    }

    @Test func whoShutsTheSendingSideGetsAnswerAndStreamAllTheSame() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 20))
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.framesIn > 0 }
            let port = try await relay.port()
            for path in ["snapshot", "status?format=json"] {
                // A request whose client ends its side at once, as a shell's pipe does.
                let asked = try bench.program(
                    "sh", ["-c", "printf 'GET /\(path) HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' | timeout 20 \(Self.netcat) \(port)"])
                #expect(try await asked.exitStatus(within: .seconds(30)) == 0)
                #expect(asked.output.bytes.starts(with: Array("HTTP/1.1 200 OK\r\n".utf8)), "\(path)")
            }
            let watched = try bench.program(
                "sh", ["-c", "printf 'GET /stream HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' | timeout 20 \(Self.netcat) \(port)"])
            try await eventually("a stream to one that has shut its sending side") { watched.output.bytes.count > 40_000 }
        }
    }

    /// Sends standard input, then shuts that side, and prints what comes.
    private static let netcat = """
        python3 -c 'import socket,sys,shutil
        s=socket.create_connection(("127.0.0.1",int(sys.argv[1])))
        s.sendall(sys.stdin.buffer.read()); s.shutdown(socket.SHUT_WR)
        while True:
            b=s.recv(65536)
            if not b: break
            sys.stdout.buffer.write(b); sys.stdout.buffer.flush()'
        """

    @Test func unreadAnswersTakeNoMemoryWithoutLimit() async throws {
        try await withBench { bench in
            // A status that is large since there are many sources.
            let sources = (0..<200).map { "  camera-with-a-long-name-\($0): {url: \"http://127.0.0.1:9/\($0)\", on_demand: true}" }
            let relay = try bench.relay(configuration: "listen: 127.0.0.1:0\nsources:\n" + sources.joined(separator: "\n") + "\n")
            let port = try await relay.port()
            let length = try await bench.get("/status?format=json", from: relay).body.count
            #expect(length > 100_000)
            let before = try relay.privateKiB
            var connections: [TestConnection] = []
            for _ in 0..<400 {
                let connection = try await TestConnection.open(port: port, reading: .never)
                connections.append(connection)
                for _ in 0..<20 { try await connection.send("GET /status?format=json HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            }
            try await Task.sleep(for: .seconds(3))
            let grown = try relay.privateKiB - before
            #expect(grown < 80 << 10, "\(grown) KiB more for \(connections.count) connections that read nothing")
            // Others are served as before.
            #expect(relay.isRunning)
            for connection in connections { await connection.close() }
            try await eventually("an answer again") { try await bench.get("/status?format=json", from: relay).status == 200 }
        }
    }
}
