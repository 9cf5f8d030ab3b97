import Foundation
import Glibc
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import TestSupport
import Testing

@testable import Relay

/// The way out of a connection, on real sockets.
@Suite struct OutletTests {
    /// Not the one that relays in other tests use.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private static let limits = makeLimits()

    private static func makeLimits() -> Limits {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return Limits(descriptors: Descriptors(limit: 1000, logger: logger), logger: logger)
    }

    /// Two ends of a local socket: a channel with an outlet, and a descriptor that the test reads.
    private final class Pair {
        let channel: any Channel
        let outlet: NIOLoopBound<Outlet>
        let reader: Int32

        static func open(_ transport: Transport = .plain, _ limits: Limits = OutletTests.limits) async throws -> Pair {
            var ends: [Int32] = [0, 0]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
                throw RawClient.Failure(description: "no sockets")
            }
            for end in ends {
                var size: Int32 = 64 << 10
                setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, 4)
            }
            let channel = try await ClientBootstrap(group: OutletTests.group)
                .channelOption(.writeBufferWaterMark, value: Listener.waterMark)
                .channelOption(.writeSpin, value: 0)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .withConnectedSocket(ends[0]).get()
            let outlet = try await channel.eventLoop.submit {
                NIOLoopBound(Outlet(channel, transport, limits), eventLoop: channel.eventLoop)
            }.get()
            return Pair(channel, outlet, ends[1])
        }

        private init(_ channel: any Channel, _ outlet: NIOLoopBound<Outlet>, _ reader: Int32) {
            self.channel = channel
            self.outlet = outlet
            self.reader = reader
        }

        deinit {
            channel.close(promise: nil)
            close(reader)
        }

        func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Outlet) -> Value) async throws -> Value {
            let outlet = outlet
            return try await channel.eventLoop.submit { body(outlet.value) }.get()
        }
    }

    private static func pattern(_ count: Int, _ seed: UInt8) -> ByteBuffer {
        // Long runs of one byte, made cheaply: the tests share their processors.
        var bytes = ByteBuffer()
        for run in 0...(count / 4099) {
            bytes.writeRepeatingByte(UInt8(truncatingIfNeeded: run) &+ seed, count: min(4099, count - bytes.readableBytes))
        }
        return bytes
    }

    /// How much a fresh pair takes before its reader reads.
    private static func capacity(_ transport: Transport) async throws -> Int {
        let pair = try await Pair.open(transport)
        let bytes = pattern(4 << 20, 0)
        return try await pair.onLoop { outlet in
            outlet.send(bytes)
            let buffered = (try? outlet.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            return (4 << 20) - buffered
        }
    }

    @Test(arguments: [true, false])
    func oneByteThatIsLeftOverIsNotOvertaken(isPlain: Bool) async throws {
        let transport = isPlain ? Transport.plain : .wrapped { [] }
        let capacity = try await Self.capacity(transport)
        var hits = 0
        for excess in 1...3 {
            let pair = try await Pair.open(transport)
            let (first, second) = (Self.pattern(capacity + excess, 1), Self.pattern(40_209, 77))
            let (isDrained, left) = try await pair.onLoop { outlet in
                outlet.send(first)
                let left = (try? outlet.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
                return (outlet.isDrained, left)
            }
            if left == 1 { hits += 1 }
            #expect(isDrained == (left == 0))
            try await pair.onLoop { outlet in
                outlet.send(second)
                outlet.finish()
            }
            let bytes = try await RawClient.run { [reader = pair.reader] in Reading(reader).toEnd() }
            var expected = first
            expected.writeImmutableBuffer(second)
            #expect(ByteBuffer(bytes: bytes) == expected)
        }
        #expect(hits > 0, "no send left exactly one byte")
    }

    @Test func theLastByteArrivesHoweverSlowlyItIsRead() async throws {
        let pair = try await Pair.open()
        let bytes = Self.pattern(2 << 20, 9)
        try await pair.onLoop { outlet in
            outlet.send(ByteBuffer(string: "head"), bytes) { "192.0.2.1" }
            outlet.finish()
        }
        // Longer than the time that a closed connection lingers.
        let read = try await RawClient.run { [reader = pair.reader] in Reading(reader).toEnd(pause: 30_000) }
        #expect(read.count == 4 + bytes.readableBytes)
        #expect(ByteBuffer(bytes: read.dropFirst(4)) == bytes)
    }

    /// A connection without a socket, on a clock that the test moves.
    private static func clocked(_ body: (EmbeddedChannel, Outlet) throws -> Void) throws {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try body(channel, Outlet(channel, .plain, limits))
        _ = try? channel.finish()
    }

    @Test func aWordThatNeverComesEndsTheConnection() throws {
        try Self.clocked { channel, outlet in
            outlet.awaitsWord = true
            channel.embeddedEventLoop.advanceTime(by: .seconds(29))
            #expect(channel.isActive)
            channel.embeddedEventLoop.advanceTime(by: .seconds(4))
            #expect(!channel.isActive)
        }
    }

    /// Pongs leave, which is progress of theirs alone.
    @Test func whatLeavesMeanwhileIsNoWord() throws {
        try Self.clocked { channel, outlet in
            outlet.send(ByteBuffer(repeating: 1, count: 1000))
            outlet.awaitsWord = true
            for _ in 0..<14 {
                channel.embeddedEventLoop.advanceTime(by: .seconds(2))
                outlet.send(ByteBuffer(bytes: [0x8A, 0]))
            }
            #expect(channel.isActive)
            for _ in 0..<3 {
                channel.embeddedEventLoop.advanceTime(by: .seconds(2))
                outlet.send(ByteBuffer(bytes: [0x8A, 0]))
            }
            #expect(!channel.isActive)
        }
    }

    @Test func eachWordGivesAsLongAgain() throws {
        try Self.clocked { channel, outlet in
            for _ in 0..<4 {
                outlet.awaitsWord = true
                channel.embeddedEventLoop.advanceTime(by: .seconds(25))
                outlet.awaitsWord = false
                // Once with no look at the connection in between, and once with the clock at rest.
                channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
            }
            channel.embeddedEventLoop.advanceTime(by: .seconds(100))
            #expect(channel.isActive, "nothing is owed")
            outlet.awaitsWord = true
            channel.embeddedEventLoop.advanceTime(by: .seconds(29))
            #expect(channel.isActive, "an idle time before does not count")
            channel.embeddedEventLoop.advanceTime(by: .seconds(4))
            #expect(!channel.isActive)
        }
    }

    /// A frame counts once it has not left for longer than anybody watches so, whatever leaves of it.
    @Test(arguments: [true, false])
    func frameThatHardlyLeavesCountsToo(isPlain: Bool) async throws {
        let limits = Self.makeLimits()
        let transport = isPlain ? Transport.plain : .wrapped { [] }
        let (pair, other) = try await (Pair.open(transport, limits), Pair.open(transport, limits))
        let frame = Self.pattern(3 << 20, 5)
        try await pair.onLoop {
            $0.origin = .forwarded("192.0.2.1")
            $0.send(frame)
        }
        try await other.onLoop {
            $0.origin = .forwarded("192.0.2.2")
            $0.send(ByteBuffer(string: "head"), frame)
        }
        let start = ContinuousClock.now
        var read = 0
        while ContinuousClock.now - start < .seconds(8) {
            #expect(limits.answers.bytes == 0)
            read += try await RawClient.run { [reader = pair.reader] in Reading(reader).some() }
            try await Task.sleep(for: .seconds(1))
        }
        try await eventually("it is counted") {
            let kept = limits.answers.bytes
            return isPlain ? (3 << 20...4 << 20).contains(kept) : kept > 5 << 20
        }
        _ = try await RawClient.run { [reader = pair.reader, read] in Reading(reader).some((3 << 20) - read) }
        _ = try await RawClient.run { [reader = other.reader] in Reading(reader).some(3 << 20) }
        try await eventually("nothing is left") { limits.answers.bytes == 0 }
        // The next one begins anew.
        try await pair.onLoop { $0.send(frame) }
        try await Task.sleep(for: .seconds(5))
        #expect(limits.answers.bytes == 0)
    }

    @Test(arguments: [true, false])
    func whatWaitsOfAnswersIsCountedAndGivenBack(isPlain: Bool) async throws {
        let limits = Self.makeLimits()
        let budget = limits.answers
        let transport = isPlain ? Transport.plain : .wrapped { [] }
        let (pair, other) = try await (Pair.open(transport, limits), Pair.open(transport, limits))
        let picture = Self.pattern(3 << 20, 5)
        for pair in [pair, other] {
            try await pair.onLoop { $0.send(ByteBuffer(string: "head"), picture) { "192.0.2.1" } }
        }
        // One buffer that both keep; what is encrypted is each one's own.
        let kept = budget.bytes
        #expect(isPlain ? (3 << 20...4 << 20).contains(kept) : kept > 5 << 20, "\(kept)")
        try await pair.onLoop { $0.finish() }
        let read = try await RawClient.run { [reader = pair.reader] in Reading(reader).toEnd() }
        #expect(read.count == 4 + (3 << 20))
        try await eventually("one rest is left") { isPlain ? budget.bytes == kept : budget.bytes < 4 << 20 }
        try await other.channel.close().get()
        try await other.onLoop { $0.channelClosed() }
        try await eventually("nothing is left") { budget.bytes == 0 }
        // What the kernel takes at once costs nothing.
        let third = try await Pair.open(transport, limits)
        try await third.onLoop { $0.send(ByteBuffer(string: "head"), ByteBuffer(string: "body")) { "192.0.2.1" } }
        #expect(budget.bytes == 0)
    }
}

/// Reads a descriptor on the thread that calls.
private struct Reading {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// At least so many bytes.
    func some(_ count: Int = 1) -> Int {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        var read = 0
        while read < count {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { break }
            read += count
        }
        return read
    }

    /// Everything up to the end, with a pause in microseconds behind each read of 16 KiB.
    func toEnd(pause: UInt32 = 0) -> [UInt8] {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return bytes }
            bytes += piece.prefix(count)
            if pause > 0 { usleep(pause) }
        }
    }
}
