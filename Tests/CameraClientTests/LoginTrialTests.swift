import NIOCore
import Synchronization
import TestSupport
import Testing
import Text

@testable import CameraClient

/// Logins that the camera has not taken yet: how often they go out, and what counts as their refusal.
@Suite(.timeLimit(.minutes(1)), .serialized) struct LoginTrialTests {
    private static let picture = TestPicture.jpeg(1)
    private static let stream = TestCamera.Step.send(TestPicture.head + TestPicture.parts([picture]))

    private static func asks(_ challenge: String) -> [TestCamera.Step] {
        [.send(bytes("HTTP/1.1 401 No\r\nWWW-Authenticate: \(challenge)\r\nContent-Length: 0\r\n\r\n"))]
    }

    private static func leads(to port: Int) -> [TestCamera.Step] {
        [.send(bytes("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(port)/v\r\nContent-Length: 0\r\n\r\n")), .close]
    }

    /// Some ports of one camera, each of which asks for the login and then leads to the next; the last one has the stream.
    private final class Ports: Sendable {
        private let cameras = Mutex<[TestCamera]>([])
        /// Whether the last port takes the login.
        let isRight: Atomic<Bool>
        /// Whether the ports between ask for the login of requests that have it, when it was made for another nonce.
        let saysNonceIsOld = Atomic(false)

        init(_ count: Int, isRight: Bool, challenge: @escaping @Sendable (TestCamera.Request) -> String) async throws {
            self.isRight = Atomic(isRight)
            for place in 0..<count {
                let next = cameras.withLock { $0.last?.port }
                let camera = try await TestCamera.start { request in
                    let login = request.field("Authorization")
                    if login == nil || place == 0 && !self.isRight.load(ordering: .relaxed) {
                        return LoginTrialTests.asks(challenge(request))
                    }
                    if place == count - 1, self.saysNonceIsOld.load(ordering: .relaxed), login?.contains("nonce=\"old") == true {
                        return LoginTrialTests.asks(challenge(request))
                    }
                    return next.map { LoginTrialTests.leads(to: $0) } ?? [LoginTrialTests.stream, .close]
                }
                cameras.withLock { $0.append(camera) }
            }
        }

        var first: Int { cameras.withLock { $0.last?.port ?? 0 } }
        var logins: Int { cameras.withLock { $0.reduce(0) { $0 + $1.requests.count { $0.field("Authorization") != nil } } } }

        func stop() async {
            for camera in cameras.withLock({ $0 }) { await camera.stop() }
        }
    }

    @Test(arguments: ["Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"n\", qop=\"auth\"", "fresh", "stale"])
    func aWrongLoginGoesOutTwiceAtMostOverAllPorts(_ challenge: String) async throws {
        let ports = try await Ports(5, isRight: false) { request in
            switch challenge {
            case "fresh": "Digest realm=\"x\", nonce=\"\(UInt64.random(in: 0...UInt64.max))\""
            case "stale": "Digest realm=\"x\", nonce=\"\(UInt64.random(in: 0...UInt64.max))\", stale=true"
            default: challenge
            }
        }
        let reader = try httpCamera("http://admin:wrong@127.0.0.1:\(ports.first)/v")
        // The second time, nothing has been learnt that would make it bolder.
        for dial in 1...3 {
            #expect(await watch(reader, frames: 1).error?.kind == .login)
            #expect(ports.logins <= 2 * dial)
        }
        await ports.stop()
    }

    @Test(arguments: [false, true]) func aRightLoginOpensTwoPortsAlsoTheSecondTime(_ noncesGetOld: Bool) async throws {
        let count = Atomic(0)
        let ports = try await Ports(2, isRight: true) { _ in
            "Digest realm=\"x\", nonce=\"\(noncesGetOld ? "new" : "n")\(count.add(1, ordering: .relaxed).newValue)\", qop=\"auth\""
        }
        let reader = try httpCamera("http://admin:right@127.0.0.1:\(ports.first)/v")
        for _ in 0..<3 { #expect(await watch(reader, frames: 2).jpegs == [Self.picture]) }
        #expect(ports.logins == 6)
        await ports.stop()
    }

    @Test func aLoginThatIsRightNoMoreGoesOutAFewTimesAtMost() async throws {
        let ports = try await Ports(5, isRight: true) { _ in "Basic realm=\"x\"" }
        let reader = try httpCamera("http://admin:wrong@127.0.0.1:\(ports.first)/v")
        // Five ports in a row are more than a login that is not proven opens.
        #expect(await watch(reader, frames: 1).error?.kind == .login)
        await ports.stop()

        let two = try await Ports(2, isRight: true) { _ in "Basic realm=\"x\"" }
        let other = try httpCamera("http://admin:right@127.0.0.1:\(two.first)/v")
        #expect(await watch(other, frames: 2).jpegs == [Self.picture])
        two.isRight.store(false, ordering: .relaxed)
        let before = two.logins
        #expect(await watch(other, frames: 1).error == .loginRefused(401))
        #expect(two.logins - before == 2)
        #expect(await watch(other, frames: 1).error == .loginRefused(401))
        #expect(two.logins - before == 4)
        await two.stop()
    }

    // MARK: - Refusals that are no 401

    private static let refusals: [(name: String, steps: [TestCamera.Step])] = [
        ("423", [.send(bytes("HTTP/1.1 423 Locked\r\n\r\n")), .close]),
        ("429", [.send(bytes("HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\n\r\n")), .close]),
        ("400", [.send(bytes("HTTP/1.1 400 Bad\r\n\r\n")), .close]), ("404", [.send(bytes("HTTP/1.1 404 No\r\n\r\n")), .close]),
        ("page", [.send(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>no</html>")), .close]),
        ("empty", [.send(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")), .close]),
        ("closed", [.close]), ("reset", [.reset]), ("rubbish", [.send(bytes("no!\r\n\r\n")), .close]),
        ("half", [.send(bytes("HTTP/1.1 2")), .close]),
        ("redirect", [.send(bytes("HTTP/1.1 302 Found\r\nLocation: /login.html\r\n\r\n")), .close]),
    ]

    @Test(arguments: refusals.map(\.name), ["Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"n\""])
    func whateverFollowsALoginOnTrialIsARefusal(_ name: String, _ challenge: String) async throws {
        let steps = try #require(Self.refusals.first { $0.name == name }).steps
        let camera = try await TestCamera.start { request in
            if request.target == "/login.html" {
                return [.send(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")), .close]
            }
            return request.field("Authorization") == nil ? Self.asks(challenge) : steps
        }
        let reader = try httpCamera("http://admin:wrong@127.0.0.1:\(camera.port)/v")
        for dial in 1...2 {
            let error = try #require(await watch(reader, frames: 1).error)
            #expect(error.kind == .login, "\(error)")
            #expect(error.cause != error && error.cause.code == error.code)
            #expect("\(error)".contains("check user name and password"))
            // A connection that ends without a word may have been closed before the login came.
            #expect(camera.requests.count { $0.field("Authorization") != nil } <= 2 * dial)
        }
        await camera.stop()
    }

    @Test(arguments: ["HTTP/1.1 503 Busy\r\n\r\n", "HTTP/1.1 500 No\r\n\r\n"])
    func aCameraInTroubleHasNotRefusedTheLogin(_ answer: String) async throws {
        let camera = try await TestCamera.start { request in
            request.field("Authorization") == nil ? Self.asks("Basic realm=\"x\"") : [.send(bytes(answer)), .close]
        }
        #expect(try await watch("http://admin:right@127.0.0.1:\(camera.port)/v", frames: 1).error?.kind == .failure)
        await camera.stop()
    }

    @Test(arguments: refusals.map(\.name).filter { $0 != "redirect" }) func aProvenLoginIsNotDoubtedForAnotherFault(_ name: String)
        async throws
    {
        let steps = try #require(Self.refusals.first { $0.name == name }).steps
        let count = Atomic(0)
        let camera = try await TestCamera.start { request in
            guard request.field("Authorization") != nil else { return Self.asks("Basic realm=\"x\"") }
            return count.add(1, ordering: .relaxed).newValue == 1 ? [Self.stream, .close] : steps
        }
        let reader = try httpCamera("http://admin:right@127.0.0.1:\(camera.port)/v")
        #expect(await watch(reader, frames: 2).jpegs == [Self.picture])
        let error = try #require(await watch(reader, frames: 1).error)
        #expect(error.kind != .login && error.cause == error)
        await camera.stop()
    }

    /// A text that holds pictures all the same proves the login.
    @Test func picturesOfTheWrongTypeProveTheLogin() async throws {
        let camera = try await TestCamera.start { request in
            guard request.field("Authorization") != nil else { return Self.asks("Basic realm=\"x\"") }
            let body = bytes("--b\r\nContent-Type: image/jpeg\r\n\r\n") + Self.picture + bytes("\r\n--b\r\n")
            return [.send(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n") + body), .close]
        }
        let reader = try httpCamera("http://admin:right@127.0.0.1:\(camera.port)/v")
        for _ in 0..<2 { #expect(await watch(reader, frames: 2).jpegs == [Self.picture]) }
        // The second dial began with the login.
        #expect(camera.requests.count == 3)
        await camera.stop()
    }

    /// A dial that is cut short behind the login hears how it ended all the same, also where the camera only closes the connection.
    @Test func aRefusalThatComesTooLateIsHeard() async throws {
        let camera = try await TestCamera.start { request in
            request.field("Authorization") == nil ? Self.asks("Digest realm=\"x\", nonce=\"n\"") : [.pause(300), .close]
        }
        let reader = try httpCamera("http://admin:wrong@127.0.0.1:\(camera.port)/v")
        let dial = Task { await watch(reader, frames: 1) }
        try await eventually("the login is sent") { camera.requests.contains { $0.field("Authorization") != nil } }
        dial.cancel()
        _ = await dial.value
        #expect(await watch(reader, frames: 1).error == .afterLogin(.closedBeforeHead))
        #expect(camera.requests.count { $0.field("Authorization") != nil } == 1)
        await camera.stop()
    }
}
