import Foundation
import NIOHTTP1
import RelayConfiguration
import Testing

@testable import Relay

@Suite struct WebSocketTests {
    private static func handshake(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(more)\r\n"
    }

    /// Connects and upgrades.
    private static func open(_ port: Int, _ path: String = "/clip/ws") throws -> RawClient {
        let client = try RawClient(port: port)
        try client.send(handshake(path))
        let head = try client.readHead()
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        return client
    }

    @Test func answersTheKeyAsTheStandardsExampleDoes() async throws {
        try await RunningRelay.withClip { port in
            let client = try RawClient(port: port)
            try client.send(Self.handshake("/clip/ws"))
            #expect(try client.readHead().contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        }
    }

    @Test(arguments: [
        "h2c, WebSocket/13", "WebSocket/13", "websocket, h2c", "foo/1 , WEBSOCKET", "websocket/13.0",
    ])
    func anUpgradeMayBeOneOfSeveral(_ upgrade: String) async throws {
        try await RunningRelay.withClip { port in
            let client = try RawClient(port: port)
            try client.send(Self.handshake("/clip/ws").replacing("Upgrade: websocket", with: "Upgrade: \(upgrade)"))
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            #expect(try client.readMessage().opcode == 2)
        }
    }

    @Test(arguments: ["websockets", "xwebsocket", "web socket", "h2c/websocket", "\"websocket\"", "/websocket"])
    func otherUpgradesAreNone(_ upgrade: String) async throws {
        try await RunningRelay.withClip { port in
            let client = try RawClient(port: port)
            try client.send(Self.handshake("/clip/ws").replacing("Upgrade: websocket", with: "Upgrade: \(upgrade)"))
            #expect(try client.readHead().hasPrefix("HTTP/1.1 426 "))
        }
    }

    /// RFC 6455, 5.2: the least number of bytes must be used. Beyond what a client may send, the length as such counts.
    @Test(
        arguments: [
            ([0x82, 0xFE, 0, 5], 1002), ([0x82, 0xFE, 0, 125], 1002), ([0x82, 0xFE, 0, 126], 1009),
            ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5], 1002), ([0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 1002),
            ([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0], 1009), ([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009),
            ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002), ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1002),
            // Control frames: in one piece, and never longer than 125 bytes (5.5).
            ([0x89, 0xFE, 0, 126], 1002), ([0x89, 0xFE, 0, 5], 1002), ([0x89, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0], 1002), ([0x09, 0x80], 1002),
            ([0x08, 0x80], 1002),
        ] as [([UInt8], Int)], [false, true])
    func lengthsAreWrittenInTheShortestWay(_ frame: ([UInt8], Int), inPieces: Bool) async throws {
        try await RunningRelay.withClip { port in
            let client = try Self.open(port)
            let (start, code) = frame
            let bytes = start + [0, 0, 0, 0, 1, 2, 3, 4, 5]
            if inPieces {
                for byte in bytes {
                    // Once it is forbidden, the connection ends.
                    guard (try? client.send([byte])) != nil else { break }
                    usleep(2000)
                }
            } else {
                try client.send(bytes)
            }
            #expect(try client.readControl().closeCode == code)
            _ = try client.readToEnd()
        }
    }

    @Test func sendsNumberTimeAndPictureInOneMessageAlsoBehindOtherRequests() async throws {
        try await RunningRelay.withClip { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                try client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try client.readAnswer().body == Array("alive\n".utf8))
            }
            // The second request waits for the answer to the first, as behind a proxy that pipelines.
            try client.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + Self.handshake("/clip/ws"))
            #expect(try client.readAnswer().head.hasPrefix("HTTP/1.1 200 "))
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            var last: UInt64 = 0
            for _ in 0..<10 {
                let message = try client.readMessage()
                #expect(message.opcode == 2)
                #expect(message.sequence > last)
                last = message.sequence
                #expect(abs(Date().timeIntervalSince1970 * 1000 - Double(message.milliseconds)) < 5000)
                #expect(message.payload[16..<18].elementsEqual([0xFF, 0xD8]))
                #expect(message.payload.suffix(2).elementsEqual([0xFF, 0xD9]))
            }
        }
    }

    @Test func withAcknowledgementsOneFrameIsOutAndTheNextIsTheNewest() async throws {
        try await RunningRelay.withClip(fps: 50) { port in
            let client = try Self.open(port, "/clip/ws?ack=1")
            let first = try client.readMessage()
            #expect(!client.hasBytes(within: 400))
            // Another number is no acknowledgement of this frame.
            try client.acknowledge(first.sequence + 1)
            #expect(!client.hasBytes(within: 200))
            try client.acknowledge(first.sequence)
            let second = try client.readMessage()
            #expect(second.sequence > first.sequence + 1, "those in between are not kept")
            #expect(!client.hasBytes(within: 200))
        }
    }

    @Test func viewerThatStopsReadingGetsTheNewestFrameNext() async throws {
        try await RunningRelay.withClip(fps: 100) { port in
            let client = try RawClient(port: port, receiveBuffer: 8192)
            try client.send(Self.handshake("/clip/ws"))
            _ = try client.readHead()
            let first = try client.readMessage().sequence
            sleep(2)
            var sequences = [first]
            for _ in 0..<20 { sequences.append(try client.readMessage().sequence) }
            #expect(sequences == sequences.sorted())
            let gap = zip(sequences, sequences.dropFirst()).map { $1 - $0 }.max() ?? 0
            #expect(gap > 50, "frames \(sequences)")
        }
    }

    @Test(arguments: [
        // What the client sends, and the code of the close frame that ends it.
        ([UInt8](repeating: 7, count: 126), true, 1009),
        ([UInt8](repeating: 7, count: 5000), true, 1009),
        ([1, 2, 3], false, 1002),
    ])
    func badMessageEndsTheConnection(_ payload: [UInt8], isMasked: Bool, code: Int) async throws {
        try await RunningRelay.withClip { port in
            let client = try Self.open(port)
            try client.sendFrame(2, payload, isMasked: isMasked)
            #expect(try client.readControl().closeCode == code)
            _ = try client.readToEnd()
        }
    }

    @Test func longMessageInShortPiecesEndsTheConnection() async throws {
        try await RunningRelay.withClip { port in
            let client = try Self.open(port)
            try client.sendFrame(2, [UInt8](repeating: 1, count: 100), isLast: false)
            try client.sendFrame(0, [UInt8](repeating: 1, count: 26))
            #expect(try client.readControl().closeCode == 1009)
        }
    }

    @Test func whatStandsBehindTheHandshakeIsRead() async throws {
        try await RunningRelay.withClip(fps: 1) { port in
            let client = try RawClient(port: port)
            let close: [UInt8] = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]
            try client.send(Array(Self.handshake("/clip/ws").utf8) + close)
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            _ = try client.readToEnd()
        }
    }

    @Test(arguments: [
        "GET /clip/ws HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /clip/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "GET /clip/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ])
    func otherRequestsAreToldToUpgrade(_ request: String) async throws {
        try await RunningRelay.withClip { port in
            let client = try RawClient(port: port)
            try client.send(request)
            let answer = try client.readAnswer()
            #expect(answer.head.hasPrefix("HTTP/1.1 426 "))
            #expect(answer.head.contains("\r\nUpgrade: websocket\r\n"))
            #expect(answer.head.contains("\r\nSec-WebSocket-Version: 13\r\n"))
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test func anUpgradeThatIsNotOursIsPassedOver() async throws {
        try await RunningRelay.withClip { port in
            let client = try RawClient(port: port)
            try client.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n")
            #expect(try client.readAnswer().head.hasPrefix("HTTP/1.1 200 "))
            #expect(try client.readToEnd().isEmpty)
        }
    }

    @Test func olderRelaysPortSendsTexts() async throws {
        var configuration = RelayConfiguration(
            mode: .single, listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource("camera")], webSocketPort: 0)
        configuration.drainTimeout = .seconds(1)
        try await RunningRelay.with(configuration) { ports in
            try #require(ports.count == 2)
            try await RawClient.run {
                let client = try Self.open(ports[1], "/anything")
                let message = try client.readMessage()
                #expect(message.opcode == 1)
                #expect(String(decoding: message.payload, as: UTF8.self).hasPrefix("data:image/jpg;base64,/9j/"))
                // The source's own address has the binary form.
                #expect(try Self.open(ports[0], "/ws").readMessage().opcode == 2)
                #expect(try Self.open(ports[0], "/camera/ws").readMessage().opcode == 2)
            }
        }
    }

    @Test func relayThatEndsSaysGoodbye() async throws {
        let configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource()])
        let code = try await RunningRelay.with(configuration) { ports in
            let port = try #require(ports.first)
            let (hasPicture, continuation) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await RawClient.run {
                    let client = try Self.open(port)
                    _ = try client.readMessage()
                    continuation.finish()
                    return try client.readControl().closeCode
                }
            }
            for await _ in hasPicture {}
            return task
        }
        #expect(try await code.value == 1001)
    }
}
