import MJPEG
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import CameraClient

/// Several addresses of one camera.
@Suite(.timeLimit(.minutes(1)), .serialized) struct FailoverTests {
    private static let (first, second) = (TestPicture.jpeg(1), TestPicture.jpeg(2))

    private static func sends(_ picture: [UInt8]) -> [TestCamera.Step] {
        [.send(TestPicture.head), .endless(TestPicture.parts([picture]))]
    }

    private func failover(_ urls: [String], failback: Duration = .seconds(60)) throws -> FailoverCamera {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let cameras = try urls.map { url -> any Camera in
            HTTPCamera(settings: try quickSettings(url), eventLoop: loop, resolver: HostResolver())
        }
        return FailoverCamera(cameras, failback: failback, eventLoop: loop)
    }

    @Test func theNextIsReadWhenOneFails() async throws {
        let bad = try await TestCamera.start { _ in [.send(bytes("HTTP/1.1 404 No\r\n\r\n")), .close] }
        let good = try await TestCamera.start { _ in Self.sends(Self.second) }
        let camera = try failover(["http://127.0.0.1:\(bad.port)/", "http://127.0.0.1:\(good.port)/b"])
        let watched = await watch(camera, frames: 3)
        #expect(watched.jpegs.first == Self.second)
        #expect(watched.descriptions.last?.address?.shown.hasSuffix("/b") == true)
        await bad.stop()
        await good.stop()
    }

    @Test func aCameraThatEndsIsFollowedByTheNextAtOnce() async throws {
        let short = try await TestCamera.start { _ in [.send(TestPicture.head + TestPicture.parts([Self.first])), .close] }
        let good = try await TestCamera.start { _ in Self.sends(Self.second) }
        let camera = try failover(["http://127.0.0.1:\(short.port)/", "http://127.0.0.1:\(good.port)/"])
        #expect(await watch(camera, frames: 2).jpegs.prefix(2).elementsEqual([Self.first, Self.second]))
        await short.stop()
        await good.stop()
    }

    @Test func theFirstTakesOverAgainWithItsFirstFrame() async throws {
        let isBack = Atomic(false)
        let preferred = try await TestCamera.start { request in
            // Refused, then silent, then back.
            switch request.connection {
            case 0: [.close]
            case 1: [.send(bytes("HTTP/1.1 503 Busy\r\n\r\n")), .close]
            default:
                isBack.load(ordering: .relaxed) ? Self.sends(Self.first) : [.close]
            }
        }
        let other = try await TestCamera.start { _ in
            isBack.store(true, ordering: .relaxed)
            return [.send(TestPicture.head)] + (0..<1000).flatMap { _ in [.send(TestPicture.parts([Self.second])), .pause(10)] }
        }
        let camera = try failover(
            ["http://127.0.0.1:\(preferred.port)/a", "http://127.0.0.1:\(other.port)/b"], failback: .milliseconds(50))
        let watched = await Watcher { $0.jpegs.contains(Self.second) && $0.jpegs.suffix(5).allSatisfy { $0 == Self.first } }.read(camera)
        #expect(watched.error == .cancelled)
        #expect(preferred.connectionCount >= 3)
        // Once the first one is back, nothing comes from the other any more.
        let turn = try #require(watched.jpegs.firstIndex(of: Self.first))
        #expect(watched.jpegs[turn...].allSatisfy { $0 == Self.first })
        #expect(watched.descriptions.last?.address?.shown.hasSuffix("/a") == true)
        await preferred.stop()
        await other.stop()
    }

    @Test func whenAllFailTheErrorIsOneThatMayPass() async throws {
        let locked = try await TestCamera.start { _ in
            [.send(bytes("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n")), .close]
        }
        let gone = try await TestCamera.start { _ in [.close] }
        let camera = try failover(["http://a:b@127.0.0.1:\(locked.port)/", "http://127.0.0.1:\(gone.port)/"])
        for _ in 0..<5 {
            #expect(await watch(camera, frames: 1).error == .closedBeforeHead)
        }
        // The one that refused the login is left alone for half a minute.
        #expect(locked.requests.filter { $0.field("Authorization") != nil }.count == 1)
        #expect(gone.connectionCount == 5)
        await locked.stop()
        await gone.stop()
    }
}
