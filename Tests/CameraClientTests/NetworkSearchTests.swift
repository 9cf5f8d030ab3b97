import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import CameraClient

/// Looking around, with responders on the machine's own loop in place of a network.
@Suite(.timeLimit(.minutes(1)), .serialized) struct NetworkSearchTests {
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

    private func search(
        onvif: @escaping @Sendable ([UInt8]) -> [[UInt8]], names: @escaping @Sendable ([UInt8]) -> [[UInt8]], limit: Int = 1500
    ) async throws -> NetworkSearch.Outcome {
        func start(_ answer: @escaping @Sendable ([UInt8]) -> [[UInt8]]) async throws -> any Channel {
            try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Responder(answer)) }
                }
                .bind(host: "127.0.0.1", port: 0).get()
        }
        let (one, other) = (try await start(onvif), try await start(names))
        var search = NetworkSearch()
        (search.onvifGroup, search.namesGroup) = ("127.0.0.1", "127.0.0.1")
        search.onvifPort = try #require(one.localAddress?.port)
        search.namesPort = try #require(other.localAddress?.port)
        (search.sendTimes, search.limit) = ([0, 50], limit)
        let outcome = try await NIOThreadPool.singleton.runIfActive { [search] in search.run() }
        try await one.close().get()
        try await other.close().get()
        return outcome
    }

    private static let match = """
        <?xml version="1.0"?><SOAP-ENV:Envelope><SOAP-ENV:Body><wsdd:ProbeMatches><wsdd:ProbeMatch>\
        <wsdd:Types>tdn:NetworkVideoTransmitter</wsdd:Types>\
        <wsdd:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/DS-2CD\
        </wsdd:Scopes><wsdd:XAddrs>http://[fe80::1]/onvif/device_service http://192.0.2.20:8000/onvif/device_service</wsdd:XAddrs>\
        </wsdd:ProbeMatch></wsdd:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>
        """

    /// An answer to `question` with a service at a port, in compressed names.
    private static func services(_ question: [UInt8]) -> [UInt8] {
        var bytes = Array(question.prefix(2)) + [0x84, 0, 0, 1, 0, 1, 0, 0, 0, 2] + question.dropFirst(12)
        // PTR: "Octo <pi>" and a pointer to the question's name.
        let instance = bytes.count + 12
        bytes += [0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 7, 4] + Array("Octo".utf8) + [0xC0, 12]
        // SRV: port 5000 at "pi" and a pointer to "local".
        bytes += [0xC0, UInt8(instance), 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 11, 0, 0, 0, 0, 0x13, 0x88, 2] + Array("pi".utf8) + [0xC0, 23]
        let host = bytes.count - 5
        bytes += [0xC0, UInt8(host), 0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, 192, 0, 2, 31]
        return bytes
    }

    @Test func camerasAndWebServersAreFoundOnce() async throws {
        let asked = Mutex<[String]>([])
        let outcome = try await search(
            onvif: { question in
                asked.withLock { $0.append(String(decoding: question, as: UTF8.self)) }
                return [Array(Self.match.utf8), Array(Self.match.utf8)]
            },
            names: { [Self.services($0)] })
        #expect(outcome.canAsk)
        #expect(
            Set(outcome.finds) == [
                NetworkFind(kind: .onvif, host: "192.0.2.20", port: 8000, name: "Front door DS-2CD"),
                NetworkFind(kind: .http, host: "192.0.2.31", port: 5000, name: "Octo"),
            ])
        #expect(outcome.finds.count == 2)
        let questions = asked.withLock { $0 }
        #expect(
            questions.count == 2 && questions.allSatisfy { $0.contains("dn:NetworkVideoTransmitter") && $0.contains("/discovery/Probe<") })
        #expect(Set(questions).count == 2, "each question has an identifier of its own")
    }

    @Test func rubbishIsNoFind() async throws {
        let rubbish: [[UInt8]] = [
            [], [0], Array("<ProbeMatch><XAddrs>".utf8), Array("ProbeMatch <d:XAddrs>nonsense ftp://h/ http://</d:XAddrs>".utf8),
            Array("no match <d:XAddrs>http://192.0.2.1/</d:XAddrs>".utf8), Array(repeating: 0xFF, count: 60_000),
        ]
        let outcome = try await search(
            onvif: { _ in rubbish },
            names: { question in
                let good = Self.services(question)
                // Cut at each length, with every pointer leading to itself, and as an answer to somebody else.
                var cut = (12..<(good.count - 16)).map { Array(good.prefix($0)) }
                cut.append(
                    Array(question.prefix(2)) + [0x84, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0xC0, 12, 0, 12, 0, 1, 0, 0, 0, 1, 0, 2, 0xC0, 12])
                cut.append([good[0] ^ 1] + good.dropFirst())
                return cut + rubbish
            }, limit: 800)
        #expect(outcome.canAsk && outcome.finds.allSatisfy { $0.host == "pi.local" }, "\(outcome.finds)")
    }

    @Test func whoAnswersWithoutEndHoldsNothingUp() async throws {
        let start = ContinuousClock.now
        let outcome = try await search(
            onvif: { _ in
                (0..<2000).map { Array(Self.match.replacing("192.0.2.20", with: "192.0.\($0 / 250).\($0 % 250)").utf8) }
            }, names: { _ in [] })
        #expect(outcome.finds.count <= 256)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
