import Foundation
import TestSupport
import Testing

/// Connections that ask often, early, oddly or with rubbish; none of them harms a stream.
@Suite struct ConnectionTests {
    @Test func twoSnapshotsComeOverOneConnection() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.framesIn > 0 }
            let viewer = try await bench.viewer(of: relay)
            for _ in 0..<2 {
                try await viewer.ask("/snapshot")
                #expect(try await viewer.reply().body == TestPicture.jpeg(1, size: 2000))
            }
            #expect(!viewer.connection.isClosed)
            try await viewer.ask("/snapshot", ["Connection: close"])
            #expect(try await viewer.reply().status == 200)
            #expect(try await viewer.connection.rest().isEmpty)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still(size: 200_000))
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.framesIn > 0 }
            let viewer = try await bench.viewer(of: relay)
            let paths = ["/snapshot", "/healthz", "/snapshot", "/nothing", "/snapshot", "/status?format=json"]
            let rounds = 5
            let requests = (0..<rounds).flatMap { _ in paths }.map { "GET \($0) HTTP/1.1\r\nHost: localhost\r\n\r\n" }.joined()
            try await viewer.connection.send(requests)
            for _ in 0..<rounds {
                for path in paths {
                    let reply = try await viewer.reply()
                    switch path {
                    case "/snapshot": #expect(reply.body.count >= 200_000)
                    case "/healthz": #expect(reply.text.contains("alive"))
                    case "/nothing": #expect(reply.status == 404)
                    default: _ = try reply.json(SourceReply.self)
                    }
                }
            }
        }
    }

    @Test func whatIsAskedFarAheadEndsTheConnectionBehindTheLastAnswer() async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let viewer = try await bench.viewer(of: relay)
            // The first waits for a picture that does not come; so do all behind it.
            let ahead = String(repeating: "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000)
            try await viewer.connection.send("GET /snapshot?wait=1s HTTP/1.1\r\nHost: a\r\n\r\n" + ahead)
            #expect(try await viewer.reply().status == 503)
            var answers = 0
            while true {
                let reply = try await viewer.reply()
                #expect(reply.status == 200)
                answers += 1
                if reply["Connection"] == "close" { break }
            }
            #expect((8...100).contains(answers))
        }
    }

    @Test func requestsBehindAStreamAreNotAnswered() async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let viewer = try await bench.viewer(of: relay)
            try await viewer.connection.send(
                "GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\nrubbish\0\r\n\r\n")
            try await viewer.openStream()
            let upstream = try await camera.connection()
            try await upstream.answer()
            for number in 1...3 {
                try await upstream.send(picture: TestPicture.jpeg(number))
                // Read strictly: another answer among the parts would be an error.
                #expect(try await viewer.part().number == number)
            }
        }
    }

    @Test func oldClientsWithoutHostAreServed() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.still())
            let relay = try bench.relay(for: camera)
            try await bench.status(of: relay) { $0.framesIn > 0 }
            let snapshot = try await bench.viewer(of: relay)
            try await snapshot.connection.send("GET /snapshot HTTP/1.0\r\n\r\n")
            #expect(try await snapshot.reply().body == TestPicture.jpeg(1, size: 2000))
            #expect(try await snapshot.connection.rest().isEmpty, "the end of the answer is the end of the connection")
            let stream = try await bench.viewer(of: relay)
            try await stream.connection.send("GET /stream HTTP/1.0\r\n\r\n")
            try await stream.openStream()
            #expect(try await stream.part().number == 1)
        }
    }

    @Test func requestThatComesByteByByteIsAnswered() async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let viewer = try await bench.viewer(of: relay)
            for byte in Array("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8) { try await viewer.connection.send([byte]) }
            #expect(try await viewer.reply().status == 200)
        }
    }

    @Test(arguments: [
        ("a header of 20 KB", "GET /stream HTTP/1.1\r\nHost: a\r\nX-Long: \(String(repeating: "x", count: 20_000))\r\n\r\n", 431),
        ("100 fields", "GET /stream HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X-Field: 1\r\n", count: 100) + "\r\n", 431),
        ("rubbish", "\u{1}\u{2}\u{3} is no request\r\n\r\n", 400),
        ("a greeting of TLS", "\u{16}\u{3}\u{1}\u{0}\u{7f}\u{1}\u{0}\u{0}", 400),
        ("no version", "GET /stream\r\n\r\n", 400),
        ("a bad field", "GET /stream HTTP/1.1\r\nno colon\r\n\r\n", 400),
        ("a bad length", "GET /stream HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n", 400),
        ("a target that is no path", "GET stream HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a way out", "GET /camera/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a hidden way out", "GET /camera/%2e%2e/%2e%2e HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a body", "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n", 405),
    ])
    func badRequestIsRefusedAndNoStreamIsHarmed(name: String, request: String, status: Int) async throws {
        try await withBench { bench in
            let camera = try await bench.camera()
            let relay = try bench.relay(for: camera)
            let bystander = try await bench.watch(of: relay)
            let upstream = try await camera.connection()
            try await upstream.answer()
            try await upstream.send(picture: TestPicture.jpeg(1))
            #expect(try await bystander.part().number == 1)
            let viewer = try await bench.viewer(of: relay)
            try await viewer.connection.send(request)
            #expect(try await viewer.head().status == status, "\(name)")
            try await upstream.send(picture: TestPicture.jpeg(2))
            #expect(try await bystander.part().number == 2)
        }
    }

    @Test func headWithoutEndIsGivenUp() async throws {
        try await withBench { bench in
            let relay = try await bench.relay(for: bench.camera())
            let viewer = try await bench.viewer(of: relay)
            try await viewer.connection.send("GET /stream HTTP/1.1\r\nHost: a\r\n")
            _ = try await viewer.connection.rest()
            #expect(try await bench.get("/healthz", from: relay).status == 200)
        }
    }

    @Test func viewersThatComeAndGoLeaveNothingBehind() async throws {
        try await withBench { bench in
            let camera = try await bench.camera(CameraScript.streaming(framesPerSecond: 50))
            let relay = try bench.relay(for: camera)
            _ = try await bench.watch(of: relay).part()
            let before = try relay.openSockets
            for round in 0..<30 {
                let viewer = try await bench.watch(of: relay)
                _ = try await viewer.part()
                await viewer.close()
                if round % 10 == 9 {
                    await camera.goAway()
                    try await camera.comeBack()
                    _ = try await camera.connection(2 + round / 10)
                }
            }
            try await bench.status(of: relay) { $0.viewers == 1 && $0.state == "streaming" && $0.connects == 4 }
            try await eventually("no more sockets than before") { try relay.openSockets <= before }
        }
    }
}
