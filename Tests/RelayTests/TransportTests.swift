import Foundation
import NIOCore
import NIOPosix
import RelayConfiguration
import Testing

@testable import Relay

/// A listener whose connections are wrapped, as by encryption: every byte passes its handlers, in both directions.
@Suite struct TransportTests {
    private static let mask: UInt8 = 0x5A
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    /// Combines every byte with the mask, by exclusive or.
    private final class Veil: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias InboundOut = ByteBuffer
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.fireChannelRead(wrapInboundOut(veiled(unwrapInboundIn(data))))
        }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            context.write(wrapOutboundOut(veiled(unwrapOutboundIn(data))), promise: promise)
        }

        private func veiled(_ bytes: ByteBuffer) -> ByteBuffer {
            ByteBuffer(bytes: bytes.readableBytesView.map { $0 ^ TransportTests.mask })
        }
    }

    /// Runs `body` with a client maker for a wrapped listener of a relay that plays the clip as `clip`.
    private static func withClip(_ body: @escaping @Sendable (() throws -> RawClient) throws -> Void) async throws {
        // Few frames, on loops of their own: what the veil takes of a processor must not slow the relays of other tests.
        let configuration = RelayConfiguration(listen: [RunningRelay.loopback], sources: [RunningRelay.clipSource(fps: 5)])
        let veiled = Transport.wrapped { [Veil()] }
        try await RunningRelay.with(
            configuration, transport: { _ in veiled },
            body: { ports in
                let port = try #require(ports.first)
                try await RawClient.run {
                    try RunningRelay.waitUntilStreaming(port, mask: mask)
                    try body { try RawClient(port: port, mask: mask) }
                }
            })
    }

    /// Nothing that HTTP, WebSocket or JPEG begins with stands on the wire.
    private static func expectNothingPlain(on client: RawClient, sourceLocation: SourceLocation = #_sourceLocation) {
        let wire = client.wire
        #expect(wire.count > 1000, sourceLocation: sourceLocation)
        for plain in [Array("HTTP/1.1".utf8), Array("Content-".utf8), [0xFF, 0xD8, 0xFF], [0x82, 0x7E]] as [[UInt8]] {
            #expect(wire.firstRange(of: plain) == nil, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: ["/clip/stream", "/clip/stream?advance_headers=1"])
    func aStreamArrivesWrapped(_ path: String) async throws {
        try await Self.withClip { connect in
            // Several, so that some would be moved to another loop where that was possible.
            let clients = try (0..<8).map { _ in try connect() }
            for client in clients { try client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n") }
            for client in clients {
                #expect(try client.readHead().hasPrefix("HTTP/1.1 200 OK\r\n"))
                let bytes = try client.readBytes(100_000)
                let starts = bytes.ranges(of: [0xFF, 0xD8, 0xFF])
                let ends = bytes.ranges(of: [0xFF, 0xD9, 0x0D, 0x0A])
                #expect(starts.count >= 3)
                #expect(abs(starts.count - ends.count) <= 1)
                Self.expectNothingPlain(on: client)
            }
        }
    }

    @Test func aSnapshotArrivesWrapped() async throws {
        try await Self.withClip { connect in
            let client = try connect()
            for _ in 0..<2 {
                try client.send("GET /clip/snapshot HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = try client.readAnswer()
                #expect(answer.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.body.starts(with: [0xFF, 0xD8, 0xFF]) && answer.body.suffix(2) == [0xFF, 0xD9])
            }
            Self.expectNothingPlain(on: client)
        }
    }

    @Test func aWebSocketArrivesWrapped() async throws {
        try await Self.withClip { connect in
            let client = try connect()
            try client.send(
                "GET /clip/ws?ack=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            #expect(try client.readHead().hasPrefix("HTTP/1.1 101 "))
            for _ in 0..<5 {
                let message = try client.readMessage()
                #expect(message.opcode == 2)
                #expect(message.payload[16..<19].elementsEqual([0xFF, 0xD8, 0xFF]) && message.payload.suffix(2) == [0xFF, 0xD9])
                try client.acknowledge(message.sequence)
            }
            try client.sendFrame(9, Array("are you there".utf8))
            #expect(try client.readControl() == RawClient.Message(opcode: 10, payload: Array("are you there".utf8)))
            Self.expectNothingPlain(on: client)
        }
    }
}
