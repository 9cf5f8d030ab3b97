import Glibc
import MJPEG
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import CameraClient

/// What a camera knows after a dial, however the dial ended.
@Suite(.timeLimit(.minutes(1)), .serialized) struct CameraMemoryTests {
    private static let (first, second) = (TestPicture.jpeg(1), TestPicture.jpeg(2))

    private static func sends(_ picture: [UInt8]) -> [TestCamera.Step] {
        [.send(TestPicture.head)] + (0..<1000).flatMap { _ in [.send(TestPicture.parts([picture])), .pause(10)] }
    }

    private func failover(_ cameras: [any Camera], failback: Duration) -> FailoverCamera {
        FailoverCamera(cameras, failback: failback, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    private func camera(_ port: Int) throws -> any Camera {
        HTTPCamera(
            settings: try quickSettings("http://127.0.0.1:\(port)/"), eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            resolver: HostResolver())
    }

    /// A dial that is cut short, as by the last viewer who leaves, forgets nothing: the nonce is used on, with the next count.
    @Test func aLoginSurvivesDialsThatAreCutShort() async throws {
        let door = DigestDoor()
        let camera = try await TestCamera.start { request in
            let count = "0000000\(request.connection)"
            return door.opens(request.field("Authorization"), nonce: "n", target: request.target, count: count)
                ? Self.sends(Self.first)
                : [.send(bytes("HTTP/1.1 401 No\r\nWWW-Authenticate: \(door.challenge(nonce: "n"))\r\n\r\n")), .close]
        }
        let reader = try httpCamera("http://admin:secret@127.0.0.1:\(camera.port)/v")
        for _ in 0..<5 {
            let watched = await watch(reader, frames: 1)
            #expect(watched.error == .cancelled)
            #expect(watched.frames >= 1)
        }
        #expect(camera.requests.count == 6)
        await camera.stop()
    }

    /// An address that was read when nobody watched any more is read again at once, without another look at the dead first one.
    @Test func theAddressThatWorkedIsReadAgainAfterASleep() async throws {
        let dead = try await TestCamera.start { _ in [.close] }
        let good = try await TestCamera.start { _ in Self.sends(Self.second) }
        let reader = failover([try camera(dead.port), try camera(good.port)], failback: .seconds(60))
        for _ in 0..<4 {
            let watched = await watch(reader, frames: 2)
            #expect(watched.error == .cancelled)
            #expect(watched.frames >= 2)
        }
        #expect(dead.connectionCount == 1)
        #expect(good.connectionCount == 4)
        await dead.stop()
        await good.stop()
    }

    /// Watched for a moment only, again and again, the first address still gets its turn when it is due.
    @Test func theFirstAddressIsDueAlsoBetweenSleeps() async throws {
        let isBack = Atomic(false)
        let preferred = try await TestCamera.start { _ in isBack.load(ordering: .relaxed) ? Self.sends(Self.first) : [.close] }
        let other = try await TestCamera.start { _ in Self.sends(Self.second) }
        let reader = failover([try camera(preferred.port), try camera(other.port)], failback: .seconds(2))
        let start = ContinuousClock.now
        #expect(await watch(reader, frames: 1).jpegs.last == Self.second)
        isBack.store(true, ordering: .relaxed)
        var rounds = 0
        while await watch(reader, frames: 2).jpegs.last != Self.first, rounds < 1000 { rounds += 1 }
        #expect(rounds < 1000)
        #expect(ContinuousClock.now - start >= .seconds(2), "before it is due")
        #expect(await watch(reader, frames: 1).jpegs.first == Self.first)
        await preferred.stop()
        await other.stop()
    }

    @Test func everyAttemptsEndIsTold() async throws {
        let bad = try await TestCamera.start { _ in [.send(bytes("HTTP/1.1 503 Busy\r\n\r\n")), .close] }
        let short = try await TestCamera.start { _ in [.send(TestPicture.head + TestPicture.parts([Self.first])), .close] }
        let reader = failover([try camera(bad.port), try camera(short.port)], failback: .seconds(60))
        let watched = await watch(reader, frames: 2)
        #expect(
            watched.attempts == [
                Attempt(alternative: 0, error: .status(503, reason: "Busy", retryAfter: nil), hadFrames: false),
                Attempt(alternative: 1, error: .ended, hadFrames: true),
            ])
        // One that we end ourselves is told as well.
        let good = try await TestCamera.start { _ in Self.sends(Self.first) }
        let cut = await watch(try camera(good.port), frames: 1)
        #expect(cut.attempts == [Attempt(error: .cancelled, hadFrames: true)])
        await bad.stop()
        await short.stop()
        await good.stop()
    }

    /// What was odd is still known when the camera is dialled again, and when it is polled.
    @Test(arguments: [nil, Duration.milliseconds(10)]) func odditiesOutliveTheConnection(_ interval: Duration?) async throws {
        let broken = Self.first.dropLast(12)
        let camera = try await TestCamera.start { request in
            let head = bytes("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
            let odd = bytes("--frame\nContent-Type: image/jpeg\n\n") + broken + bytes("\n")
            let part = { (picture: [UInt8]) in bytes("--frame\r\nContent-Type: image/jpeg\r\n\r\n") + picture + bytes("\r\n") }
            let isOdd = request.connection % 2 == 0
            let picture = request.connection % 3 == 0 ? Self.first : Self.second
            return [.send(head + (isOdd ? odd : []) + part(picture) + bytes("--frame\r\n")), .close]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/") { $0.interval = interval }
        var quirks: [Quirks] = []
        var dropped: [Int] = []
        for _ in 0..<4 {
            let watched = await watch(reader, frames: 2)
            let description = try #require(watched.descriptions.last)
            quirks.append(description.quirks)
            dropped.append(description.picturesDropped)
        }
        #expect(quirks.allSatisfy { $0.contains(.lineFeeds) && $0.contains(.brokenPicture) })
        if interval == nil {
            #expect(dropped == [1, 1, 2, 2])
        } else {
            #expect(dropped == dropped.sorted() && dropped[3] > 1)
        }
        await camera.stop()
    }

    @Test func aProgramsOdditiesOutliveIt() async throws {
        let path = "/tmp/mjpeg-relay-test-\(UInt64.random(in: 0...UInt64.max)).mjpeg"
        let file = try #require(fopen(path, "w"))
        let content = TestPicture.parts([Array(Self.first.dropLast(12)), Self.second])
        fwrite(content, 1, content.count, file)
        fclose(file)
        defer { unlink(path) }
        let settings = ProgramCamera.Settings(words: ["cat", path], stallTimeout: .seconds(20), maxFrameSize: 1 << 20) { _ in }
        let reader = ProgramCamera(settings: settings, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
        for number in 1...3 { #expect(await watch(reader, frames: 2).descriptions.last?.picturesDropped == number) }
    }

    // MARK: - Settings that change while the camera is read

    private func changed(_ settings: HTTPCamera.Settings, _ change: (inout HTTPCamera.Settings) -> Void) -> HTTPCamera.Settings {
        var settings = settings
        change(&settings)
        return settings
    }

    @Test func aShorterStallTimeoutHoldsAtOnce() async throws {
        let camera = try await TestCamera.start { _ in [.send(TestPicture.head + TestPicture.parts([Self.first]))] }
        let settings = try quickSettings("http://127.0.0.1:\(camera.port)/") { $0.stallTimeout = .seconds(600) }
        let reader = HTTPCamera(settings: settings, eventLoop: TestLoops.group.next(), resolver: HostResolver())
        let watcher = Watcher { watched in
            if watched.frames == 1 { reader.use(self.changed(settings) { $0.stallTimeout = .milliseconds(300) }) }
            return watched.frames > 1
        }
        #expect(await watcher.read(reader).error == .stalled(after: .milliseconds(300)))
        #expect(camera.connectionCount == 1)
        await camera.stop()
    }

    @Test func aLongerStallTimeoutHoldsAtOnceToo() async throws {
        let camera = try await TestCamera.start { _ in
            [.send(TestPicture.head + TestPicture.parts([Self.first])), .pause(1500), .send(TestPicture.parts([Self.second]))]
        }
        let settings = try quickSettings("http://127.0.0.1:\(camera.port)/") { $0.stallTimeout = .milliseconds(500) }
        let reader = HTTPCamera(settings: settings, eventLoop: TestLoops.group.next(), resolver: HostResolver())
        let watcher = Watcher { watched in
            if watched.frames == 1 { reader.use(self.changed(settings) { $0.stallTimeout = .seconds(600) }) }
            return watched.frames > 1
        }
        #expect(await watcher.read(reader).frames == 2)
        await camera.stop()
    }

    @Test func aProgramsStallTimeoutChangesWhileItRuns() async throws {
        var settings = ProgramCamera.Settings(words: ["sleep", "100"], stallTimeout: .seconds(600), maxFrameSize: 1 << 20) { _ in }
        let reader = ProgramCamera(settings: settings, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
        settings.stallTimeout = .milliseconds(200)
        let shorter = settings
        Task {
            try? await Task.sleep(for: .milliseconds(200))
            reader.use(shorter)
        }
        #expect(await watch(reader, frames: 1).error == .stalled(after: .milliseconds(200)))
    }

    @Test func aFilesPaceChangesWhileItPlays() async throws {
        let path = "/tmp/mjpeg-relay-test-\(UInt64.random(in: 0...UInt64.max)).mjpeg"
        let file = try #require(fopen(path, "w"))
        let content = Self.first + Self.second
        fwrite(content, 1, content.count, file)
        fclose(file)
        defer { unlink(path) }
        let reader = FileCamera(
            path: path, settings: FileCamera.Settings(framesPerSecond: 20, maxFrameSize: 1 << 20),
            eventLoop: MultiThreadedEventLoopGroup.singleton.next())
        let start = NIODeadline.now()
        let watcher = Watcher { watched in
            if watched.frames == 1 { reader.use(FileCamera.Settings(framesPerSecond: 1000, maxFrameSize: 1 << 20)) }
            return watched.frames >= 200
        }
        #expect(await watcher.read(reader).error == .cancelled)
        // At the first pace it would have taken ten seconds.
        #expect(NIODeadline.now() - start < .seconds(8))
    }
}
