import CameraURL
import Digests
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport
import Testing
import Text

@testable import CameraClient

/// Messages to addresses: what is sent, what counts as taken, where redirects lead.
@Suite(.timeLimit(.minutes(1)), .serialized) struct NoticePostTests {
    private static let json = #"{"state":"lost"}"#

    private static func answer(_ status: Int, _ fields: String = "") -> [TestCamera.Step] {
        [.send(Array("HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\(fields)\r\n".utf8)), .close]
    }

    /// Sends to an address; the error, nil where the receiver took it.
    private func send(
        _ url: String, _ headers: [(name: String, value: String)] = [], trust: CertificateTrust = .authorities,
        within limit: Duration = .seconds(10)
    ) async throws -> NoticeError? {
        let post = NoticePost(url: try CameraURL(url), headers: headers, json: Self.json, trust: trust, hiding: Secrets())
        do throws(NoticeError) {
            try await post.send(on: MultiThreadedEventLoopGroup.singleton.next(), resolver: HostResolver(), within: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test func theWholeMessageIsSentOnce() async throws {
        let receiver = try await TestCamera.start { connection in
            let body = try await connection.connection.take("the body") { bytes, _ in
                bytes.readableBytes >= Self.json.utf8.count ? bytes.readString(length: bytes.readableBytes) : nil
            }
            #expect(body == Self.json)
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n")
        }
        let url = "http://anna:se%40cret@127.0.0.1:\(receiver.port)/api/hook?a=b"
        #expect(try await send(url, [("X-Key", "1"), ("user-agent", "me"), ("Content-Length", "7"), ("Bad Name", "x\r\ny")]) == nil)
        let request = try #require(receiver.requests.first)
        #expect(request.text.hasPrefix("POST /api/hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:\(receiver.port)\r\n"))
        #expect(request.field("Content-Type") == "application/json")
        #expect(request.field("Content-Length") == "\(Self.json.utf8.count)")
        #expect(request.field("Authorization") == "Basic YW5uYTpzZUBjcmV0")
        #expect(request.field("User-Agent") == "me" && request.field("X-Key") == "1" && !request.text.contains("Bad Name"))
        #expect(receiver.connectionCount == 1)
        await receiver.goAway()
    }

    @Test(arguments: [200, 201, 202, 204])
    func everySuccessIsTaken(_ status: Int) async throws {
        let receiver = try await TestCamera.start { _ in Self.answer(status) }
        #expect(try await send(receiver.url) == nil)
        await receiver.goAway()
    }

    @Test func whatIsNoSuccessIsSaidWithoutTheReceiversWords() async throws {
        let receiver = try await TestCamera.start { _ in
            [.send(Array("HTTP/1.1 429 key=hunter2\r\nRetry-After: 7\r\n\r\nhunter2".utf8)), .close]
        }
        let error = try await send(receiver.url)
        #expect(error == .status(429, retryAfter: 7))
        #expect(error.map { "\($0)" } == "receiver answers 429")
        #expect(error?.retryAfter == .seconds(7))
        await receiver.goAway()
    }

    @Test func aReceiverThatHangsOrEndsIsNotWaitedForLonger() async throws {
        let hanging = try await TestCamera.start { _ in [.pause(60_000)] }
        let start = ContinuousClock.now
        let error = try await send(hanging.url, within: .milliseconds(300))
        #expect(error.map { "\($0)".contains("does not answer") } == true)
        #expect(ContinuousClock.now - start < .seconds(10))
        await hanging.goAway()
        let ending = try await TestCamera.start { _ in [.close] }
        #expect(try await send(ending.url) == .connection("receiver closed the connection before its response head was complete"))
        await ending.goAway()
        #expect(try await send(ending.url).map { "\($0)".contains("refused") } == true)
        let drivel = try await TestCamera.start { _ in [.endless(Array("drivel without end ".utf8))] }
        #expect(try await send(drivel.url) != nil)
        await drivel.goAway()
    }

    @Test(arguments: [301, 307, 308])
    func aMovedAddressGetsTheMessageAndTheLoginWithinItsHost(_ status: Int) async throws {
        let other = try await TestCamera.start { _ in Self.answer(200) }
        let receiver = try await TestCamera.start { request in
            request.target == "/old"
                ? Self.answer(status, "Location: /new\r\n")
                : Self.answer(status, "Location: http://127.0.0.1:\(other.port)/there\r\n")
        }
        #expect(try await send("http://anna:secret@127.0.0.1:\(receiver.port)/old") == nil)
        #expect(receiver.requests.map(\.target) == ["/old", "/new"])
        #expect(other.requests.map(\.target) == ["/there"])
        #expect(other.requests.first?.text.hasPrefix("POST ") == true && other.requests.first?.field("Authorization") != nil)
        await receiver.goAway()
        await other.goAway()
    }

    @Test(arguments: [(302, "/login"), (303, "/done"), (307, "http://localhost:1/x"), (301, "ftp://127.0.0.1/"), (308, "")])
    func whatMayLoseTheMessageOrTheLoginIsAnError(_ status: Int, _ location: String) async throws {
        let receiver = try await TestCamera.start { _ in Self.answer(status, "Location: \(location)\r\n") }
        let error = try await send("http://anna:secret@127.0.0.1:\(receiver.port)/hook-secret")
        guard case .redirected(status, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!"\(String(describing: error))".contains("secret"))
        #expect(receiver.connectionCount == 1)
        await receiver.goAway()
    }

    @Test func redirectsWithoutEndEnd() async throws {
        let receiver = try await TestCamera.start { _ in Self.answer(307, "Location: /again\r\n") }
        #expect(try await send(receiver.url) == .redirected(308, to: nil))
        #expect(receiver.connectionCount == NoticePost.maxRedirects + 1)
        await receiver.goAway()
    }

    @Test func certificatesAreCheckedBeforeAnythingIsSaid() async throws {
        let certificate = TestCertificate.selfSigned
        let receiver = try await TestCamera.start(tls: certificate.server()) { _ in Self.answer(200) }
        let url = "https://127.0.0.1:\(receiver.port)/hook"
        let error = try await send(url)
        #expect(error.map { "\($0)".hasPrefix("receiver's certificate is self-signed") } == true, "\(String(describing: error))")
        #expect(receiver.requests.isEmpty)
        let bytes = try NIOSSLCertificate(bytes: Array(certificate.pem.utf8), format: .pem).toDERBytes()
        let fingerprint = try #require(CertificateFingerprint(bytes: MessageDigest.sha256(of: bytes)))
        #expect(try await send(url, trust: .pinned(fingerprint)) == nil)
        #expect(try await send(url, trust: .anything) == nil)
        // From https to http nothing is carried along.
        let weak = try await TestCamera.start(tls: certificate.server()) { _ in
            Self.answer(308, "Location: http://127.0.0.1:\(receiver.port)/\r\n")
        }
        guard case .redirected(308, _)? = try await send("https://127.0.0.1:\(weak.port)/", trust: .anything) else {
            Issue.record("the message went from https to http")
            return
        }
        await receiver.goAway()
        await weak.goAway()
    }

    @Test func cancellationEndsItAtOnce() async throws {
        let hanging = try await TestCamera.start { _ in [.pause(60_000)] }
        let task = Task { try await send(hanging.url) }
        try await eventually("the request") { hanging.requests.count == 1 }
        task.cancel()
        #expect(try await task.value == .cancelled)
        await hanging.goAway()
    }
}
