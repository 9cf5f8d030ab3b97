import CameraURL
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import CameraClient

/// Names that end in `.local`, with a responder on the machine's own loop.
@Suite(.timeLimit(.minutes(1)), .serialized) struct MulticastDNSTests {
    /// Answers each question with bytes made of it.
    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        private let answer: ([UInt8]) -> [[UInt8]]

        init(_ answer: @escaping ([UInt8]) -> [[UInt8]]) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            for bytes in answer(Array(envelope.data.readableBytesView)) {
                let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: bytes))
                context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
            }
        }
    }

    /// Looks a name up, with `answer` for what the local network says.
    private func lookUp(
        _ host: String, limit: Int = 20_000, answer: @escaping @Sendable ([UInt8]) -> [[UInt8]]
    ) async throws -> HostResolver.Outcome {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Responder(answer)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        let resolver = HostResolver(
            multicast: MulticastDNS(group: "127.0.0.1", port: port, sendTimes: [0, 20, 40], limit: limit))
        let result = await withCheckedContinuation { continuation in
            resolver.lookUp(host: host, port: 81) { continuation.resume(returning: $0) }
        }
        try await channel.close().get()
        return result
    }

    /// A response to `question` with one record; its name points back to the question's.
    private static func response(to question: [UInt8], type: UInt8, data: [UInt8], name: [UInt8] = [0xC0, 12]) -> [UInt8] {
        var bytes = Array(question.prefix(2)) + [0x84, 0, 0, 2, 0, 1, 0, 0, 0, 0] + question.dropFirst(12)
        bytes += name + [0, type, 0x80, 1, 0, 0, 0, 120, 0, UInt8(data.count)] + data
        return bytes
    }

    @Test(arguments: ["esp32-nobody-has-this.local", "ESP32-Nobody-Has-This.LOCAL", "esp32-nobody-has-this.local."])
    func theLocalNetworkIsAsked(_ host: String) async throws {
        let answer = try await lookUp(host) { [Self.response(to: $0, type: 1, data: [127, 0, 0, 9])] }
        #expect(try answer.get() == [try SocketAddress(ipAddress: "127.0.0.9", port: 81)])
    }

    @Test func addressesOfBothFamiliesAreRead() async throws {
        let six: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        let answer = try await lookUp("nobody-has-this.local") { [Self.response(to: $0, type: 28, data: six)] }
        #expect(try answer.get() == [try SocketAddress(ipAddress: "2001:db8::1", port: 81)])
    }

    @Test func otherNamesAndOtherAnswersAreNotTaken() async throws {
        let answer = try await lookUp("nobody-has-this.local", limit: 500) { question in
            var otherID = Self.response(to: question, type: 1, data: [127, 0, 0, 9])
            otherID[0] ^= 0x55
            return [
                otherID, question, [], [0], Self.response(to: question, type: 1, data: [1, 2, 3]),
                Self.response(to: question, type: 1, data: [127, 0, 0, 9], name: [5] + bytes("other") + [5] + bytes("local") + [0]),
                Self.response(to: question, type: 1, data: [127, 0, 0, 9], name: [0xC0, UInt8(question.count)]),
            ]
        }
        guard case .failure(let failure) = answer else {
            Issue.record("found \(answer)")
            return
        }
        #expect(failure.askedMulticast)
        #expect(failure.message.contains("multicast DNS"))
    }

    @Test func otherDomainsAreNotAskedFor() async throws {
        let answer = try await lookUp("nobody.invalid") { [Self.response(to: $0, type: 1, data: [127, 0, 0, 9])] }
        #expect(throws: HostResolver.LookupFailure.self) { try answer.get() }
    }

    @Test func anyBytesAreReadWithoutHarm() throws {
        let message = try #require(MulticastMessage(host: "a.local", id: 7))
        let response = Self.response(to: message.question, type: 1, data: [127, 0, 0, 9])
        #expect(message.addresses(in: response) == [[127, 0, 0, 9]])
        var random = SeededRandom(seed: 1)
        for _ in 0..<5000 {
            _ = message.addresses(in: random.mutated(response, favourites: [0xC0, 0, 12, 0xFF]))
        }
        for length in response.indices { _ = message.addresses(in: Array(response.prefix(length))) }
    }
}
