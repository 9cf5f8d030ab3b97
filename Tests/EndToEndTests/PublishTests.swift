import Foundation
import TestSupport
import Testing

/// Pictures that are sent to the relay, by clients that send the same bytes as the programs that people use.
@Suite struct PublishTests {
    /// Every form, with the whole body at once behind the head and in small pieces: each picture is a frame, and what three viewers get
    /// is the same to the byte. Of pictures that come at once a viewer on a busy machine may miss some, but never the last.
    @Test(arguments: PublishedForm.allCases, [true, false])
    func everyFormReachesEveryViewer(_ form: PublishedForm, isAtOnce: Bool) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            var viewers: [TestViewer] = []
            for _ in 0..<3 { viewers.append(try await bench.watch("/garden/stream", of: relay)) }
            var frames = 0
            // The second session is as good as the first.
            for round in 0..<2 {
                let pictures = (1...3).map { TestPicture.jpeg(10 * round + $0, size: 3000) }
                let (method, fields, body, sent) = form.request(of: pictures)
                let publisher = try await bench.publisher(to: relay, method: method, fields)
                if isAtOnce {
                    try await publisher.connection.send(body)
                } else {
                    var rest = body[...]
                    while !rest.isEmpty {
                        try await publisher.connection.send(Array(rest.prefix(701)))
                        rest = rest.dropFirst(701)
                        try await Task.sleep(for: .milliseconds(2))
                    }
                }
                let last = try #require(TestPicture.number(of: sent[sent.count - 1]))
                for viewer in viewers {
                    try await eventually("picture \(last) as \(form)") {
                        let part = try await viewer.anyPart()
                        guard part.kind == nil else { return false }
                        let number = try #require(part.number, "a picture that was not sent")
                        #expect(sent.contains(TestPicture.jpeg(number, size: 3000)), "\(form)")
                        return number == last
                    }
                }
                frames += sent.count
                if form == .untilTheEnd {
                    await publisher.close()
                } else {
                    let head = try await publisher.head()
                    #expect(head.status == 204)
                    #expect(head["X-Viewers"] == "3" && head["X-Interval"] == "0" && head["Content-Length"] == nil)
                    await publisher.close()
                }
            }
            let status = try await bench.get("/garden/status?format=json", from: relay).json(SourceReply.self)
            #expect(status.framesIn == frames && status.state == "streaming")
        }
    }

    /// A device that sends each picture with a request of its own may keep its connection, and its source streams in between.
    @Test func singlePicturesAreOneStream() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("stall_timeout: 2s")
            let publisher = try await bench.viewer(of: relay)
            for number in 1...4 {
                let picture = TestPicture.jpeg(number)
                try await publisher.ask(
                    "/garden/publish?token=secret", method: "POST", ["Content-Type: image/jpeg", "Content-Length: \(picture.count)"])
                try await publisher.connection.send(picture)
                let head = try await publisher.head()
                #expect(head.status == 204 && head["X-Viewers"] == "0" && head["X-Interval"] == "1")
                #expect(head["Connection"] == nil)
                try await Task.sleep(for: .milliseconds(600))
                let status = try await bench.get("/garden/status?format=json", from: relay).json(SourceReply.self)
                #expect(status.state == "streaming" && status.framesIn == number && status.connects == 1)
            }
            // What is asked for next on the same connection is answered too.
            try await publisher.ask("/garden/snapshot")
            let snapshot = try await publisher.reply()
            #expect(snapshot.status == 200 && TestPicture.number(of: snapshot.body) == 4)
            try await bench.status(of: relay, path: "/garden/status") { $0.state == "waiting" && $0.reasonCode == "no_publisher" }
            #expect(try await bench.get("/garden/healthz", from: relay).status == 503)
        }
    }

    @Test(arguments: [
        ("garden/publish", "Authorization: Basic eDpzZWNyZXQ=", 204), ("garden/publish", "Authorization: Bearer secret", 204),
        ("garden/publish", "Authorization: bearer barn:secret", 204), ("garden/publish?token=secret", "", 204),
        ("garden/publish?token=barn:secret", "", 204), ("garden/stream", "Authorization: Bearer secret", 204),
        ("colon/publish", "Authorization: Bearer a:secret", 204), ("colon/publish", "Authorization: Bearer me:a:secret", 204),
        ("hashed/publish", "Authorization: Bearer secret", 204), ("hashed/publish", "Authorization: Bearer me:secret", 204),
        ("hashed/publish", "Authorization: Basic bWU6c2VjcmV0", 204), ("hashed/publish?token=Secret", "", 401),
        ("garden/publish", "", 401), ("garden/publish?token=", "", 401), ("garden/publish?token=Secret", "", 401),
        ("garden/publish", "Authorization: Basic c2VjcmV0", 401), ("garden/publish", "Authorization: Bearer  secret", 204),
        ("garden/publish", "Authorization: Digest secret", 401), ("garden/publish", "Authorization: Bearer secret:", 401),
        ("far/publish?token=secret", "", 403), ("off/publish?token=secret", "", 503), ("clip/publish?token=secret", "", 404),
        ("nobody/publish?token=secret", "", 404), ("garden/snapshot?token=secret", "", 405), ("garden/publish/x?token=secret", "", 405),
        ("garden/publish", "Authorization: Basic eDpzZWNyZXQ=\r\nOrigin: http://evil.example", 403),
        ("garden/publish", "Authorization: Basic eDpzZWNyZXQ=\r\nSec-Fetch-Site: cross-site", 403),
        ("garden/publish?token=secret", "Origin: http://evil.example", 204),
    ])
    func loginsOpenWhatTheyShould(_ path: String, _ fields: String, _ expected: Int) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay(
                more: """
                      colon: {publish: {password: "a:secret"}}
                      hashed: {publish: {password_hash: "$2y$05$UK9vfiUbGryhiFjtppsM8usHt5ZqrMN/xnhwp9TXybzWbKUN023Cq"}}
                      far: {publish: {password: secret, from: 192.0.2.0/24}}
                      off: {publish: {password: secret}, enabled: false}
                      clip: file:\(Bench.clip)
                    """)
            let picture = TestPicture.jpeg(1)
            // The second is remembered to be right, where the first was checked.
            for _ in 0..<2 {
                let reply = try await bench.publisher(to: relay, path: "/" + path, ["Content-Length: \(picture.count)"], login: fields.isEmpty ? "X: y" : fields)
                // One who is refused may hear of it before.
                try? await reply.connection.send(picture)
                let head = try await reply.head()
                #expect(head.status == expected, "\(head.head)")
                if expected >= 400 {
                    let text = try await reply.connection.rest()
                    #expect(text.count > 20 && text.last == 0x0A, "a refusal is a sentence")
                    if expected == 401 { #expect(head["WWW-Authenticate"]?.hasPrefix("Basic ") == true) }
                }
                await reply.close()
            }
            #expect(!relay.log.text.contains("ecret") && !relay.log.text.contains("a:"))
        }
    }

    /// A refusal comes before a byte of the body, without "100 Continue"; whoever sends on meets a reset soon.
    @Test(arguments: [
        (["Authorization: Bearer wrong"], 401), (["Content-Type: video/mp4"], 415), (["Content-Type: text/html"], 415),
        (["Content-Type: image/png"], 415), (["Content-Type: image/jpeg", "Content-Length: 70000"], 413),
    ])
    func aRefusalComesBeforeTheBody(_ fields: [String], _ expected: Int) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay("max_frame_size: 64KiB")
            let hasLength = fields.contains { $0.hasPrefix("Content-Length") }
            let publisher = try await bench.publisher(
                to: relay, fields + ["Expect: 100-continue"] + (hasLength ? [] : ["Transfer-Encoding: chunked"]),
                login: expected == 401 ? "X: y" : Bench.publisherLogin)
            let head = try await publisher.head(within: .seconds(5))
            #expect(head.status == expected)
            let start = ContinuousClock.now
            await #expect(throws: (any Error).self) {
                while start.duration(to: .now) < .seconds(10) { try await publisher.connection.send([UInt8](repeating: 0x31, count: 1 << 16)) }
            }
            #expect(start.duration(to: .now) < .seconds(3))
        }
    }

    @Test func theBodyIsAskedForOnlyOnceItIsWanted() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let picture = TestPicture.jpeg(1)
            let publisher = try await bench.publisher(to: relay, ["Expect: 100-continue", "Content-Length: \(picture.count)"])
            #expect(try await publisher.head().status == 100)
            try await publisher.connection.send(picture)
            #expect(try await publisher.head().status == 204)
        }
    }

    @Test(arguments: [("", 415), ("no picture at all", 415), ("--x\r\n\r\nnothing\r\n--x--", 415)])
    func aBodyWithoutAPictureIsRefused(_ body: String, _ expected: Int) async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let publisher = try await bench.publisher(to: relay, ["Content-Length: \(body.utf8.count)"])
            try? await publisher.connection.send(body)
            #expect(try await publisher.head().status == expected)
            _ = try await publisher.connection.rest()
        }
    }

    /// The sender's time is kept; a clock that is wrong is told of.
    @Test func theSendersTimeIsKept() async throws {
        try await withBench { bench in
            let relay = try bench.publishedRelay()
            let viewer = try await bench.watch("/garden/stream", of: relay)
            let picture = TestPicture.jpeg(1)
            let body =
                Array("--b\r\nContent-Type: image/jpeg\r\nX-Timestamp: 1234567890.654321\r\nContent-Length: \(picture.count)\r\n\r\n".utf8) + picture
                + Array("\r\n--b\r\n".utf8)
            let publisher = try await bench.publisher(
                to: relay, ["Content-Type: multipart/x-mixed-replace; boundary=b", "Transfer-Encoding: chunked"])
            try await publisher.connection.send(Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n".utf8))
            #expect(try await viewer.part().timestamp == 1234567890.654321)
            let text = try await bench.get("/garden/status?format=json", from: relay).text
            let offset = text.firstMatch(of: /"clock_offset_seconds":(-[0-9.]+)/).flatMap { Double($0.1) }
            #expect(offset.map { $0 < -400_000_000 } == true, "\(text)")
            #expect(try await bench.get("/garden/snapshot", from: relay).status == 200, "age goes by arrival")
        }
    }
}

extension Bench {
    /// The clip that the project ships.
    static let clip = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/demo.mjpeg").standardized.path
}
