import CameraURL
import NIOCore
import Synchronization
import TestSupport
import Testing
import Text

@testable import CameraClient

/// What goes along within one dial (connections, cookies, logins behind redirects), and what a dial that is cut short leaves.
@Suite(.timeLimit(.minutes(1)), .serialized) struct CameraDialTests {
    private static let picture = TestPicture.jpeg(1)
    private static let stream = TestCamera.Step.send(TestPicture.head + TestPicture.parts([picture]))

    private static func refusal(_ challenge: String, fields: String = "Content-Length: 0\r\n") -> TestCamera.Step {
        .send(bytes("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(challenge)\r\n\(fields)\r\n"))
    }

    private static func redirect(_ location: String, fields: String = "") -> [TestCamera.Step] {
        [.send(bytes("HTTP/1.1 302 Found\r\nLocation: \(location)\r\n\(fields)\r\n")), .close]
    }

    private func isSent(_ request: TestCamera.Request) -> Bool { request.field("Authorization") != nil }

    // MARK: - Logins on their connection

    /// The body of the 401 comes at once, in another piece, chunked, or the head is of an older version that says keep-alive.
    @Test(arguments: [
        ("HTTP/1.1", "Content-Length: 0\r\n", ""), ("HTTP/1.1", "Content-Length: 4\r\n", "nono"),
        ("HTTP/1.1", "Transfer-Encoding: chunked\r\n", "4\r\nnono\r\n0\r\n\r\n"),
        ("HTTP/1.0", "Connection: keep-alive\r\nContent-Length: 4\r\n", "nono"),
    ])
    func aNonceThatHoldsOnItsConnectionIsAnsweredThere(_ version: String, _ fields: String, _ body: String) async throws {
        let door = DigestDoor()
        for isSplit in [false, true] {
            let camera = try await TestCamera.start { request in
                let nonce = "n\(request.connection)"
                if door.opens(request.field("Authorization"), nonce: nonce, target: request.target) { return [Self.stream] }
                let head = bytes("\(version) 401 No\r\nWWW-Authenticate: \(door.challenge(nonce: nonce))\r\n\(fields)\r\n")
                return isSplit ? [.send(head), .pause(30), .send(bytes(body))] : [.send(head + bytes(body))]
            }
            let watched = try await watch("http://admin:secret@127.0.0.1:\(camera.port)/v", frames: 1)
            #expect(watched.jpegs == [Self.picture], "\(String(describing: watched.error))")
            #expect(camera.connectionCount == 1)
            #expect(camera.requests.map { $0.field("Connection") } == ["keep-alive", "close"])
            await camera.stop()
        }
    }

    /// Some cameras leave a connection open behind a 401 and never look at it again: that costs time once, and never a login.
    @Test func aConnectionThatIsNotLookedAtAgainIsLeft() async throws {
        let door = DigestDoor()
        let camera = try await TestCamera.start { request in
            guard request.number == 0 else { return [] }
            let count = request.connection < 2 ? "00000001" : "00000002"
            return door.opens(request.field("Authorization"), nonce: "n", target: request.target, count: count)
                ? [Self.stream] : [Self.refusal(door.challenge(nonce: "n"))]
        }
        let reader = try httpCamera("http://admin:secret@127.0.0.1:\(camera.port)/v") { $0.connectTimeout = .seconds(3) }
        #expect(await watch(reader, frames: 1).jpegs == [Self.picture])
        #expect(camera.connectionCount == 2)
        #expect(await watch(reader, frames: 1).jpegs == [Self.picture])
        #expect(camera.connectionCount == 3)
        await camera.stop()
    }

    @Test func basicNeedsNoConnectionOfItsOwn() async throws {
        let camera = try await TestCamera.start { request in
            guard request.number == 0 else { return [] }
            return request.field("Authorization") == nil ? [Self.refusal("Basic realm=\"x\"")] : [Self.stream]
        }
        #expect(try await watch("http://a:b@127.0.0.1:\(camera.port)/v", frames: 1).jpegs == [Self.picture])
        #expect(camera.connectionCount == 2)
        await camera.stop()
    }

    @Test func aCameraWithoutALoginIsAskedToClose() async throws {
        let camera = try await TestCamera.start { _ in [Self.stream] }
        _ = try await watch("http://127.0.0.1:\(camera.port)/v", frames: 1)
        #expect(camera.requests.first?.field("Connection") == "close")
        await camera.stop()
    }

    /// A realm in Latin-1, as old cameras have them: the hash is of the bytes.
    @Test func aRealmThatIsNoUTF8IsAnswered() async throws {
        let realm: [UInt8] = [0x4B, 0xFC, 0x63, 0x68, 0x65]
        let camera = try await TestCamera.start { request in
            guard request.field("Authorization") == nil else { return [Self.stream] }
            return [
                .send(bytes("HTTP/1.1 401 No\r\nWWW-Authenticate: Digest nonce=\"n\", realm=\"") + realm + bytes("\"\r\n\r\n")), .close,
            ]
        }
        #expect(try await watch("http://a:b@127.0.0.1:\(camera.port)/v", frames: 1).jpegs == [Self.picture])
        let secret = DigestAlgorithm.md5.hash(bytes("a:") + realm + bytes(":b"))
        let request = DigestAlgorithm.md5.hash(bytes("GET:/v"))
        let response = String(decoding: DigestAlgorithm.md5.hash(secret + bytes(":n:") + request), as: UTF8.self)
        #expect(camera.requests.last?.text.contains("response=\"\(response)\"") == true)
        await camera.stop()
    }

    // MARK: - Wrong logins

    /// A camera that redirects whatever comes: the login goes out twice at most, not once for each hop.
    @Test(arguments: ["Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"n\""])
    func aWrongLoginIsNotSentAlongRedirects(_ challenge: String) async throws {
        let camera = try await TestCamera.start { request in
            let hop = Int(request.target.dropFirst()) ?? 0
            if hop == 0, request.field("Authorization") == nil { return [Self.refusal(challenge), .close] }
            return hop < 5 ? Self.redirect("/\(hop + 1)") : [Self.refusal(challenge), .close]
        }
        let watched = try await watch("http://a:wrong@127.0.0.1:\(camera.port)/0", frames: 1)
        #expect(watched.error == .loginRefused(401))
        #expect(camera.requests.filter(isSent).count <= 2)
        await camera.stop()
    }

    /// The whole camera is behind its login, the redirect too.
    @Test(arguments: ["Basic realm=\"x\"", "digest"])
    func aLoginIsGivenOnBothSidesOfARedirect(_ kind: String) async throws {
        let door = DigestDoor()
        let camera = try await TestCamera.start { request in
            let isIn =
                kind == "digest"
                ? ["00000001", "00000002"].contains {
                    door.opens(request.field("Authorization"), nonce: "n", target: request.target, count: $0)
                } : request.field("Authorization") != nil
            guard isIn else { return [Self.refusal(kind == "digest" ? door.challenge(nonce: "n") : kind), .close] }
            return request.target == "/a" ? Self.redirect("/b") : [Self.stream]
        }
        #expect(try await watch("http://admin:secret@127.0.0.1:\(camera.port)/a", frames: 1).jpegs == [Self.picture])
        await camera.stop()
    }

    // MARK: - Redirects within a host

    @Test func anotherPortOfTheSameHostIsFollowedAndGetsTheLoginOnlyWhenItAsks() async throws {
        for asks in [false, true] {
            let other = try await TestCamera.start { request in
                asks && request.field("Authorization") == nil ? [Self.refusal("Basic realm=\"y\""), .close] : [Self.stream, .close]
            }
            let camera = try await TestCamera.start { request in
                request.field("Authorization") == nil
                    ? [Self.refusal("Basic realm=\"x\""), .close] : Self.redirect("http://127.0.0.1:\(other.port)/stream")
            }
            let reader = try httpCamera("http://a:b@127.0.0.1:\(camera.port)/") { $0.headers = [("X-Api-Key", "key")] }
            #expect(await watch(reader, frames: 2).jpegs == [Self.picture])
            #expect(other.requests.map(isSent) == (asks ? [false, true] : [false]))
            #expect(other.requests.allSatisfy { $0.field("X-Api-Key") == nil })
            // Where it was asked for and taken, the next dial begins with it; where not, it stays behind again.
            #expect(await watch(reader, frames: 2).jpegs == [Self.picture])
            #expect(other.requests.last.map(isSent) == asks)
            await other.stop()
            await camera.stop()
        }
    }

    /// Cameras redirect to the address that they know of themselves.
    @Test func theAddressOfTheCamerasNameIsTheSameHost() async throws {
        let other = try await TestCamera.start { _ in [Self.stream] }
        let camera = try await TestCamera.start { _ in Self.redirect("http://127.0.0.1:\(other.port)/s") }
        #expect(try await watch("http://localhost:\(camera.port)/", frames: 1).jpegs == [Self.picture])
        await other.stop()
        await camera.stop()
    }

    @Test func aLoginIsNotSentInTheClearWhereItsURLIsEncrypted() async throws {
        let plain = try await TestCamera.start { request in
            request.target == "/asks" ? [Self.refusal("Basic realm=\"y\""), .close] : [Self.stream]
        }
        let camera = try await TestCamera.start(tls: TestCertificate.selfSigned.server()) { request in
            request.field("Authorization") == nil
                ? [Self.refusal("Basic realm=\"x\""), .close] : Self.redirect("http://127.0.0.1:\(plain.port)\(request.target)")
        }
        let url = "https://a:b@127.0.0.1:\(camera.port)"
        #expect(try await watch(url + "/open", frames: 1) { $0.trust = .anything }.jpegs == [Self.picture])
        let asked = try await watch(url + "/asks", frames: 1) { $0.trust = .anything }
        #expect(asked.error == .loginWithheld(origin: CameraText("http://127.0.0.1:\(plain.port)", hiding: Secrets()), isUnencrypted: true))
        #expect(asked.error?.kind == .login)
        #expect(!plain.requests.contains(where: isSent))
        await plain.stop()
        await camera.stop()
    }

    @Test func aLoginIsGivenWhereARedirectLeadsToTheEncryptedPort() async throws {
        let secure = try await TestCamera.start(tls: TestCertificate.selfSigned.server()) { request in
            request.field("Authorization") == nil ? [Self.refusal("Basic realm=\"y\""), .close] : [Self.stream]
        }
        let camera = try await TestCamera.start { _ in Self.redirect("https://127.0.0.1:\(secure.port)/s") }
        let watched = try await watch("http://a:b@127.0.0.1:\(camera.port)/", frames: 1) { $0.trust = .anything }
        #expect(watched.jpegs == [Self.picture], "\(String(describing: watched.error))")
        #expect(!camera.requests.contains(where: isSent))
        await secure.stop()
        await camera.stop()
    }

    // MARK: - Cookies

    @Test func cookiesSetOnTheWayAreSentBack() async throws {
        let camera = try await TestCamera.start { request in
            switch request.target {
            case "/": Self.redirect("/login", fields: "Set-Cookie: sid=a=b; Path=/; HttpOnly\r\nset-cookie: gone=x\r\nSet-Cookie: =bad\r\n")
            case "/login": Self.redirect("/stream", fields: "Set-Cookie: gone=; Max-Age=0\r\nSet-Cookie: lang=en\r\n")
            default: request.field("Cookie") == "own=1; sid=a=b; lang=en" ? [Self.stream] : [.send(bytes("HTTP/1.1 403 No\r\n\r\n"))]
            }
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/") { $0.headers = [("Cookie", "own=1")] }
        #expect(await watch(reader, frames: 1).jpegs == [Self.picture])
        #expect(camera.requests.map { $0.field("Cookie") } == ["own=1", "own=1; sid=a=b; gone=x", "own=1; sid=a=b; lang=en"])
        // Another dial begins without them.
        _ = await watch(reader, frames: 1)
        #expect(camera.requests.dropFirst(3).first?.field("Cookie") == "own=1")
        await camera.stop()
    }

    @Test func cookiesOfA401ComeWithTheLogin() async throws {
        let camera = try await TestCamera.start { request in
            request.field("Authorization") == nil
                ? [Self.refusal("Basic realm=\"x\"", fields: "Set-Cookie: s=1\r\n"), .close]
                : request.field("Cookie") == "s=1" ? [Self.stream] : [.send(bytes("HTTP/1.1 403 No\r\n\r\n"))]
        }
        #expect(try await watch("http://a:b@127.0.0.1:\(camera.port)/v", frames: 1).jpegs == [Self.picture])
        await camera.stop()
    }

    @Test func cookiesStayWithTheirHost() throws {
        var jar = CookieJar()
        let set = ResponseHead(version: .http(major: 1, minor: 1), status: 302, reason: "", fields: [("Set-Cookie", "canary=canary")])
        jar.take(set, from: try CameraURL("https://cam/"))
        #expect(jar.added(to: [], for: try CameraURL("https://cam:444/x")).map(\.1) == ["canary=canary"])
        #expect(jar.added(to: [], for: try CameraURL("https://other/")).isEmpty)
        #expect(jar.added(to: [("A", "b")], for: try CameraURL("http://cam/")).map(\.0) == ["A"])
        var text = "\(jar)" + String(reflecting: jar)
        dump(jar, to: &text)
        #expect(!text.contains("canary"))
    }

    @Test(arguments: [
        ("Max-Age=0", true), ("Max-Age=-5", true), ("max-age = 0", true), ("Max-Age=0600", false), ("Max-Age=60", false),
        ("Max-Age=soon", false), ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", true), ("expires=Thu, 01-Jan-1970 00:00:01 GMT", true),
        ("Expires=Thursday, 01-Jan-70 00:00:00 GMT", true), ("Expires=Sun, 06 Nov 1994 08:49:36 GMT", true),
        ("Expires=Sun, 06 Nov 1994 08:49:38 GMT", false), ("Expires=Fri, 31 Dec 9999 23:59:59 GMT", false), ("Expires=never", false),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", false), ("Max-Age=0; Expires=Fri, 31 Dec 9999 23:59:59 GMT", true),
        ("Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly", true), ("", false),
    ]) func aCookieThatIsTakenBackGoes(_ attributes: String, _ isOver: Bool) throws {
        var jar = CookieJar()
        let url = try CameraURL("http://cam/")
        // By the camera's clock, which is wrong.
        for field in ["a=1", "b=2", "a=deleted; \(attributes)"] {
            let fields = [("Set-Cookie", field), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]
            jar.take(ResponseHead(version: .http(major: 1, minor: 1), status: 302, reason: "", fields: fields), from: url)
        }
        #expect(jar.added(to: [], for: url).map(\.1) == [isOver ? "b=2" : "b=2; a=deleted"])
    }

    @Test func cookiesAreBounded() throws {
        var jar = CookieJar()
        let url = try CameraURL("http://cam/")
        for number in 0..<1000 {
            let value = number == 0 ? String(repeating: "x", count: 100_000) : "v"
            jar.take(
                ResponseHead(version: .icy, status: 200, reason: "", fields: [("Set-Cookie", "c\(number)=\(value)")]), from: url)
        }
        #expect(jar.added(to: [], for: url).first?.1.utf8.count ?? 0 < 1000)
    }

    // MARK: - Dials that are cut short

    /// Starts a dial, cuts it short once the camera has the login, and returns when the dial is over.
    private func cutShort(_ reader: HTTPCamera, _ camera: TestCamera) async throws {
        let dial = Task { await watch(reader, frames: 1).error }
        for _ in 0..<1000 where !camera.requests.contains(where: isSent) { try await Task.sleep(for: .milliseconds(5)) }
        dial.cancel()
        #expect(await dial.value == .cancelled)
    }

    /// The viewer left before the camera said no: the login that was on its way is not sent once more at the next wake.
    @Test(arguments: [401, 403])
    func aRefusalThatComesTooLateIsHeard(_ status: Int) async throws {
        let camera = try await TestCamera.start { request in
            guard request.field("Authorization") != nil else { return [Self.refusal("Basic realm=\"x\""), .close] }
            return [.pause(300), .send(bytes("HTTP/1.1 \(status) No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n")), .close]
        }
        let reader = try httpCamera("http://a:wrong@127.0.0.1:\(camera.port)/")
        try await cutShort(reader, camera)
        #expect(await watch(reader, frames: 1).error == .loginRefused(status))
        #expect(camera.requests.filter(isSent).count == 1)
        // Told once; when the source dials again is its own decision.
        #expect(await watch(reader, frames: 1).error == .loginRefused(status))
        #expect(camera.requests.filter(isSent).count == 2)
        await camera.stop()
    }

    @Test func aLoginThatIsTakenTooLateIsRemembered() async throws {
        let camera = try await TestCamera.start { request in
            guard request.field("Authorization") != nil else { return [Self.refusal("Basic realm=\"x\""), .close] }
            return [.pause(200), Self.stream]
        }
        let reader = try httpCamera("http://a:b@127.0.0.1:\(camera.port)/")
        try await cutShort(reader, camera)
        #expect(await watch(reader, frames: 1).jpegs == [Self.picture])
        #expect(camera.requests.map(isSent) == [false, true, true])
        await camera.stop()
    }

    /// A camera that never answers keeps the next dial waiting no longer than `connect_timeout`, and a cancelled one not at all.
    @Test func aVerdictThatNeverComesIsNotAwaitedForEver() async throws {
        let camera = try await TestCamera.start { request in
            guard request.field("Authorization") != nil else { return [Self.refusal("Basic realm=\"x\""), .close] }
            return request.connection == 1 ? [] : [Self.stream]
        }
        let reader = try httpCamera("http://a:b@127.0.0.1:\(camera.port)/") { $0.connectTimeout = .seconds(1) }
        try await cutShort(reader, camera)
        let impatient = Task { await watch(reader, frames: 1).error }
        try await Task.sleep(for: .milliseconds(100))
        impatient.cancel()
        #expect(await impatient.value == .cancelled)
        #expect(await watch(reader, frames: 1).jpegs == [Self.picture])
        await camera.stop()
    }
}
