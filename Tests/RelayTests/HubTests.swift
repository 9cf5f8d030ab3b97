import MJPEG
import NIOCore
import NIOEmbedded
import Pacing
import Testing

@testable import Relay

@Suite struct HubTests {
    private let loop = EmbeddedEventLoop()

    /// A connection that is as fast as the test says.
    private final class Connection: ViewerConnection {
        weak var viewer: Viewer?
        var isDrained = true {
            didSet { if isDrained { viewer?.frameLeft() } }
        }
        var queuedBytes = 0
        var isReady: Bool { isDrained }
        var isAcknowledged = false
        var sample: PathSample { PathSample(unsent: queuedBytes) }
        var backlog: Int { queuedBytes }
        var isClosed = false
        var sequences: [UInt64] = []

        func write(_ newest: Hub.Newest) -> Int {
            sequences.append(newest.sequence)
            return newest.frame.jpegLength
        }

        func end(with last: Frame?) { isClosed = true }
    }

    private func makeViewer(
        of hub: Hub, fps: Double? = nil, isAcknowledged: Bool = false
    ) throws -> (viewer: Viewer, connection: Connection) {
        let connection = Connection()
        connection.isAcknowledged = isAcknowledged
        let shard = try #require(hub.shard(on: loop))
        let wishes = ViewerWishes(pacer: fps.flatMap { FramePacer(framesPerSecond: $0) })
        let viewer = Viewer(shard: shard, connection: connection, wishes: wishes)
        connection.viewer = viewer
        viewer.start()
        return (viewer, connection)
    }

    /// Publishes frames in a steady pace, the first one at once.
    private func play(_ count: Int, every interval: TimeAmount, to hub: Hub) throws {
        for _ in 0..<count {
            hub.publish(try #require(Frame(jpeg: tinyJPEG, timestamp: .init(microseconds: 0))), at: loop.now)
            loop.run()
            loop.advanceTime(by: interval)
        }
    }

    @Test func aViewerThatKeepsUpGetsEachFrame() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(5, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == [1, 2, 3, 4, 5])
        #expect(hub.totals == ViewerTotals(viewers: 1, framesSent: 5, framesSkipped: 0, bytesSent: UInt64(5 * tinyJPEG.readableBytes)))
    }

    @Test func aNewViewerGetsTheNewestFrameHoweverOld() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        try play(3, every: .milliseconds(40), to: hub)
        loop.advanceTime(by: .milliseconds(30))
        let (_, connection) = try makeViewer(of: hub)
        #expect(connection.sequences == [3])
    }

    @Test func whatHasNotLeftHoldsTheNextFrameBackUntilItHas() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(1, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(3, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == [1])
        connection.isDrained = true
        try play(1, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == [1, 5])
        #expect(hub.totals.framesSkipped == 3)
    }

    @Test func whatTheKernelHasNotSentHoldsTheNextFrameBackFromTheFourthOn() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(2, every: .milliseconds(40), to: hub)
        connection.queuedBytes = 1
        try play(8, every: .milliseconds(40), to: hub)
        #expect(connection.sequences.count <= 5)
        let before = connection.sequences.count
        try play(3, every: .milliseconds(40), to: hub)
        #expect(connection.sequences.count == before, "a viewer that skips is asked each time")
        connection.queuedBytes = 0
        try play(1, every: .milliseconds(40), to: hub)
        #expect(connection.sequences.last == 14)
    }

    @Test func aConnectionThatDrainsSoonAfterAFrameCameGetsIt() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(4, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(1, every: .milliseconds(5), to: hub)
        connection.isDrained = true
        loop.advanceTime(by: .milliseconds(5))
        #expect(connection.sequences == [1, 2, 3, 4, 5])
    }

    @Test func aHitchCostsNoFrame() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(4, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(1, every: .milliseconds(30), to: hub)
        connection.isDrained = true
        loop.advanceTime(by: .milliseconds(10))
        try play(1, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == [1, 2, 3, 4, 5, 6])
    }

    @Test func aConnectionThatSkipsAndDrainsLateWaitsForTheNextFrame() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(4, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(1, every: .milliseconds(40), to: hub)
        try play(1, every: .milliseconds(20), to: hub)
        connection.isDrained = true
        loop.advanceTime(by: .milliseconds(20))
        #expect(connection.sequences == [1, 2, 3, 4])
        try play(1, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == [1, 2, 3, 4, 7])
    }

    @Test func aViewerThatAcknowledgesIsNeverTooLateForTheNewestFrame() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (viewer, connection) = try makeViewer(of: hub, isAcknowledged: true)
        try play(1, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(2, every: .milliseconds(40), to: hub)
        try play(1, every: .milliseconds(20), to: hub)
        #expect(viewer.frameSeen(1) == false)
        #expect(viewer.frameSeen(1) == nil, "said twice")
        connection.isDrained = true
        #expect(connection.sequences == [1, 4])
        #expect(viewer.frameSeen(3) == nil, "never sent")
        #expect(viewer.frameSeen(4) == false)
    }

    @Test func whoAwaitsAPictureGetsTheOneThatTheCameraSaysStillHolds() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(1, every: .milliseconds(40), to: hub)
        let answer = hub.next(on: loop, within: .seconds(5))
        hub.renew(at: loop.now)
        loop.run()
        let renewed = try #require(try answer.wait())
        #expect(renewed.sequence == 1)
        #expect(renewed.arrival == loop.now)
        #expect(renewed.frame.timestamp > .init(microseconds: 0), "the picture's time is when it was last true")
        #expect(connection.sequences == [1], "the viewers have it")
    }

    @Test func whoComesAfterTheEndIsEnded() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        hub.endViewers()
        loop.run()
        #expect(try makeViewer(of: hub).connection.isClosed)
    }

    @Test func aFrameIsNotHeldBackWhenNoNextOneComes() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(4, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(1, every: .milliseconds(40), to: hub)
        try play(1, every: .milliseconds(20), to: hub)
        connection.isDrained = true
        loop.advanceTime(by: .milliseconds(35))
        #expect(connection.sequences == [1, 2, 3, 4, 6])
    }

    @Test func aViewersFPSLeavesOutFramesAndCountsNoneAsSkipped() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, limited) = try makeViewer(of: hub, fps: 10)
        let (_, full) = try makeViewer(of: hub)
        try play(20, every: .milliseconds(30), to: hub)
        #expect(limited.sequences == [1, 4, 7, 10, 14, 17, 20])
        #expect(full.sequences.count == 20)
        #expect(hub.totals.framesSkipped == 0)
    }

    @Test func theSourcesFPSHoldsForAllOfItsViewers() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient, maxFPS: 15)
        let (_, connection) = try makeViewer(of: hub)
        try play(25, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == Array(1...16))
    }

    @Test func theFirstViewersAreServedWhereFramesCome() throws {
        let other = EmbeddedEventLoop()
        let hub = Hub(eventLoops: [loop, other], source: loop, policy: .patient)
        #expect(hub.shardForNewViewer(on: other)?.eventLoop === loop)
        let viewers = try (0..<16).map { _ in try makeViewer(of: hub).viewer }
        #expect(hub.shardForNewViewer(on: other)?.eventLoop === other)
        viewers[3].stop()
        #expect(hub.shardForNewViewer(on: other)?.eventLoop === loop)
    }

    /// That the frame in flight arrives is the connection's doing, see OutletTests.
    @Test func anEndingViewerGetsNoFurtherFrame() throws {
        let hub = Hub(eventLoops: [loop], policy: .patient)
        let (_, connection) = try makeViewer(of: hub)
        try play(1, every: .milliseconds(40), to: hub)
        connection.isDrained = false
        try play(1, every: .milliseconds(40), to: hub)
        hub.endViewers()
        loop.run()
        #expect(connection.isClosed)
        connection.isDrained = true
        try play(1, every: .milliseconds(40), to: hub)
        #expect(connection.sequences == [1])
    }
}

extension LossPolicy {
    /// Fills no silence within a test's time.
    fileprivate static let patient = LossPolicy(
        heartbeat: .seconds(100), stallTimeout: .seconds(100), onLoss: .silent, isOff: false, placeholder: ByteBuffer())
}

/// The least that passes for a picture: 8 × 8, one component, and two bytes of scan.
private let tinyJPEG = ByteBuffer(bytes: [
    0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0x08, 0x00, 0x08, 0x01, 0x01, 0x11, 0x00,
    0xFF, 0xDA, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3F, 0x00, 0x12, 0x34, 0xFF, 0xD9,
])
