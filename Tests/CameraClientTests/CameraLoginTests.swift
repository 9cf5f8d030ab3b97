import CameraURL
import NIOCore
import Synchronization
import TestSupport
import Testing
import Text

@testable import CameraClient

/// Logins over real connections: what is sent, to whom, and how often.
@Suite(.timeLimit(.minutes(1)), .serialized) struct CameraLoginTests {
    private static let picture = TestPicture.jpeg(1)
    private static let stream = TestCamera.Step.send(TestPicture.head + TestPicture.parts([picture]))

    /// How a camera behaves behind its 401.
    enum Manner: String, CaseIterable, Sendable {
        case closes, hangs, hasALength, hasNoLength, sendsAPage

        func answer(_ fields: [String]) -> [TestCamera.Step] {
            let lines = fields.map { "WWW-Authenticate: \($0)\r\n" }.joined()
            let head = "HTTP/1.1 401 Unauthorized\r\n\(lines)"
            switch self {
            case .closes: return [.send(bytes(head + "\r\n")), .close]
            case .hangs: return [.send(bytes(head + "Content-Length: 500\r\n\r\n"))]
            case .hasALength: return [.send(bytes(head + "Content-Length: 4\r\n\r\nnono"))]
            case .hasNoLength: return [.send(bytes(head + "\r\nno")), .pause(20), .send(bytes("no"))]
            case .sendsAPage: return [.send(bytes(head + "Content-Type: text/html\r\n\r\n<html>")), .close]
            }
        }
    }

    private func read(
        _ camera: TestCamera, user: String = "admin:secret", target: String = "/video?a=1", frames: Int = 1
    ) async throws -> Watched {
        try await watch("http://\(user)@127.0.0.1:\(camera.port)\(target)", frames: frames)
    }

    @Test(arguments: Manner.allCases)
    func basicIsSentWhenItIsAskedFor(_ manner: Manner) async throws {
        let camera = try await TestCamera.start { request in
            request.field("Authorization") == "Basic YWRtaW46c2VjcmV0" ? [Self.stream] : manner.answer(["Basic realm=\"x\""])
        }
        #expect(try await read(camera).jpegs == [Self.picture])
        #expect(camera.requests.map { $0.field("Authorization") != nil } == [false, true])
        await camera.stop()
    }

    @Test(arguments: Manner.allCases, ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", ""])
    func digestOfEveryAlgorithm(_ manner: Manner, _ algorithm: String) async throws {
        for qop in [nil, "auth", "auth,auth-int", "auth-int, auth"] {
            let door = DigestDoor(algorithm: algorithm.isEmpty ? nil : algorithm, qop: qop)
            let camera = try await TestCamera.start { request in
                door.opens(request.field("Authorization"), nonce: "n,1=", target: request.target)
                    ? [Self.stream] : manner.answer([door.challenge(nonce: "n,1=")])
            }
            #expect(try await read(camera).jpegs == [Self.picture])
            #expect(camera.requests.count == 2)
            await camera.stop()
        }
    }

    @Test(arguments: [
        ["Basic realm=\"a, b\"", "MD5"], ["MD5", "Basic realm=\"a\""], ["NTLM", "MD5", "Negotiate TlRMTVNTUAAC=="],
        ["Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256", "MD5"],
    ])
    func theStrongestOfSeveralChallengesIsTaken(_ offered: [String]) async throws {
        let door = DigestDoor()
        for isOneLine in [false, true] {
            let fields = offered.map { $0 == "MD5" ? door.challenge(nonce: "n") : $0 }
            let camera = try await TestCamera.start { request in
                door.opens(request.field("Authorization"), nonce: "n", target: request.target)
                    ? [Self.stream] : Manner.closes.answer(isOneLine ? [fields.joined(separator: ", ")] : fields)
            }
            #expect(try await read(camera).jpegs == [Self.picture])
            await camera.stop()
        }
    }

    @Test func sha256IsPreferredToMD5() async throws {
        let (weak, strong) = (DigestDoor(), DigestDoor(algorithm: "SHA-256"))
        let camera = try await TestCamera.start { request in
            strong.opens(request.field("Authorization"), nonce: "n", target: request.target)
                ? [Self.stream] : Manner.closes.answer([weak.challenge(nonce: "n"), strong.challenge(nonce: "n")])
        }
        #expect(try await read(camera).jpegs == [Self.picture])
        await camera.stop()
    }

    /// The camera forgets its nonces between connections; with `stale` or without, the next one costs no refusal.
    @Test(arguments: [true, false])
    func noncesThatExpireBetweenConnectionsAreRenewed(_ saysStale: Bool) async throws {
        let door = DigestDoor()
        let camera = try await TestCamera.start { request in
            let nonce = "n\(request.connection / 2)"
            return door.opens(request.field("Authorization"), nonce: nonce, target: request.target)
                ? [Self.stream, .close] : Manner.closes.answer([door.challenge(nonce: nonce, stale: saysStale && request.connection > 0)])
        }
        let reader = try httpCamera("http://admin:secret@127.0.0.1:\(camera.port)/v")
        for _ in 0..<3 {
            let watched = await watch(reader, frames: 2)
            #expect(watched.jpegs == [Self.picture])
        }
        #expect(camera.requests.count == 6)
        await camera.stop()
    }

    @Test func aNonceThatStaysIsCountedAndAskedForOnce() async throws {
        let door = DigestDoor()
        let uses = Atomic(0)
        let camera = try await TestCamera.start { request in
            let count = uses.load(ordering: .relaxed) + 1
            guard door.opens(request.field("Authorization"), nonce: "n", target: request.target, count: "0000000\(count)") else {
                return Manner.hangs.answer([door.challenge(nonce: "n")])
            }
            uses.store(count, ordering: .relaxed)
            return [Self.stream, .close]
        }
        let reader = try httpCamera("http://admin:secret@127.0.0.1:\(camera.port)/v")
        for _ in 0..<3 { #expect(await watch(reader, frames: 2).jpegs == [Self.picture]) }
        #expect(camera.requests.count == 4)
        await camera.stop()
    }

    @Test(arguments: ["Basic realm=\"x\"", "fresh", "same"])
    func aWrongLoginIsSentOnce(_ kind: String) async throws {
        let door = DigestDoor()
        let camera = try await TestCamera.start { request in
            switch kind {
            case "fresh": Manner.closes.answer([door.challenge(nonce: "n\(request.connection)")])
            case "same": Manner.closes.answer([door.challenge(nonce: "n")])
            default: Manner.closes.answer([kind])
            }
        }
        let watched = try await read(camera, user: "admin:wrong")
        #expect(watched.error == .loginRefused(401))
        #expect(watched.error?.kind == .login)
        #expect(camera.requests.filter { $0.field("Authorization") != nil }.count == 1)
        await camera.stop()
    }

    @Test func whatIsMissingIsNamed() async throws {
        let camera = try await TestCamera.start { _ in Manner.closes.answer(["Basic realm=\"x\""]) }
        let noLogin = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1)
        #expect(noLogin.error == .loginRequired)
        await camera.stop()
        let odd = try await TestCamera.start { _ in Manner.closes.answer(["NTLM", "Negotiate\u{7}"]) }
        let watched = try await read(odd)
        #expect(watched.error == .loginUnsupported(offered: "NTLM, Negotiate"))
        await odd.stop()
        let forbidding = try await TestCamera.start { request in
            request.field("Authorization") == nil ? Manner.closes.answer(["Basic realm=\"x\""]) : [.send(bytes("HTTP/1.1 403 No\r\n\r\n"))]
        }
        #expect(try await read(forbidding).error == .loginRefused(403))
        await forbidding.stop()
    }

    @Test(arguments: [
        ("user:p%40s%3As%2Fw%25%3F%23!$&'()*+,;=", "user:p@s:s/w%?#!$&'()*+,;="), ("a%20b:c d", "a b:c d"), ("u:100%", "u:100%"),
        ("u:a@b@c", "u:a@b@c"), ("ü:pässwörd€", "ü:pässwörd€"), ("u:", "u:"), (":p", ":p"),
    ])
    func passwordsOfEveryCharacterArrive(_ written: String, _ meant: String) async throws {
        let expected = "Basic " + Base64.encode(meant.utf8)
        let camera = try await TestCamera.start { request in
            request.field("Authorization") == expected ? [Self.stream] : Manner.closes.answer(["Basic realm=\"x\""])
        }
        #expect(try await watch("http://\(written)@127.0.0.1:\(camera.port)/", frames: 1).jpegs == [Self.picture])
        await camera.stop()
    }

    // MARK: - Redirects

    @Test(arguments: [301, 302, 303, 307, 308])
    func redirectsAreFollowedWithTheLogin(_ status: Int) async throws {
        let camera = try await TestCamera.start { request in
            switch request.target {
            case "/a/start?x=1": [.send(bytes("HTTP/1.1 \(status) Moved\r\nLocation: ../b/video?y=2#z\r\n\r\n")), .close]
            case "/b/video?y=2": request.field("Authorization") == nil ? Manner.closes.answer(["Basic realm=\"x\""]) : [Self.stream]
            default: [.send(bytes("HTTP/1.1 404 No\r\n\r\n"))]
            }
        }
        #expect(try await read(camera, target: "/a/start?x=1").jpegs == [Self.picture])
        await camera.stop()
    }

    @Test func anotherHostIsRefusedUnlessAllowedAndNeverSeesTheLogin() async throws {
        let other = try await TestCamera.start { request in
            request.target == "/asks" ? Manner.closes.answer(["Basic realm=\"x\""]) : [Self.stream]
        }
        let camera = try await TestCamera.start { request in
            [.send(bytes("HTTP/1.1 302 Found\r\nLocation: http://admin:secret@localhost:\(other.port)\(request.target)\r\n\r\n")), .close]
        }
        let refused = try await read(camera, target: "/")
        #expect(refused.error == .redirectedElsewhere(CameraText("http://localhost:\(other.port)", hiding: Secrets())))
        #expect(refused.error.map { "\($0)" }?.contains("redirects: any") == true)
        #expect(other.requests.isEmpty)

        let url = "http://admin:secret@127.0.0.1:\(camera.port)/"
        let allowed = try await watch(url, frames: 1) {
            $0.allowsOtherOrigin = true
            $0.headers = [("X-Api-Key", "key")]
        }
        #expect(allowed.jpegs == [Self.picture])
        let asked = try await watch(url + "asks", frames: 1) { $0.allowsOtherOrigin = true }
        // It is not said that the URL has no login, since it has one.
        #expect(
            asked.error == .loginWithheld(origin: CameraText("http://localhost:\(other.port)", hiding: Secrets()), isUnencrypted: false))
        #expect(other.requests.count == 2)
        #expect(other.requests.allSatisfy { $0.field("Authorization") == nil && $0.field("X-Api-Key") == nil })
        #expect(camera.requests.contains { $0.field("X-Api-Key") == "key" })
        await other.stop()
        await camera.stop()
    }

    @Test(arguments: ["ftp://127.0.0.1/", "file:///etc/passwd", "", "javascript:alert(1)", "//[", "http://"])
    func redirectsToWhatIsNoAddressAreNamed(_ location: String) async throws {
        let camera = try await TestCamera.start { _ in [.send(bytes("HTTP/1.1 302 Found\r\nLocation: \(location)\r\n\r\n")), .close] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1) { $0.allowsOtherOrigin = true }
        #expect(watched.error?.code == "redirect_unreadable")
        await camera.stop()
    }

    @Test func fiveRedirectsAreFollowedAndNoSixth() async throws {
        let camera = try await TestCamera.start { request in
            let hop = Int(request.target.dropFirst()) ?? 0
            return hop == 0 ? [Self.stream] : [.send(bytes("HTTP/1.1 302 Found\r\nLocation: /\(hop - 1)\r\n\r\n")), .close]
        }
        #expect(try await watch("http://127.0.0.1:\(camera.port)/5", frames: 1).jpegs == [Self.picture])
        #expect(try await watch("http://127.0.0.1:\(camera.port)/6", frames: 1).error == .redirectedTooOften)
        await camera.stop()
    }
}
