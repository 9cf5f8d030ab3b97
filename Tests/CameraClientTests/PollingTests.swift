import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import CameraClient

/// Cameras that have single pictures only.
@Suite(.timeLimit(.minutes(1)), .serialized) struct PollingTests {
    private static let pictures = TestPicture.jpegs(3)

    private static func answer(_ picture: [UInt8], version: String = "1.1", fields: String = "") -> [UInt8] {
        bytes("HTTP/\(version) 200 OK\r\nContent-Type: image/jpeg\r\n\(fields)Content-Length: \(picture.count)\r\n\r\n") + picture
    }

    private func poll(
        _ camera: TestCamera, user: String = "", until isEnough: @escaping @Sendable (Watched) -> Bool
    ) async throws -> Watched {
        let reader = try httpCamera("http://\(user)127.0.0.1:\(camera.port)/shot.jpg") { $0.interval = .milliseconds(10) }
        return await Watcher(until: isEnough).read(reader)
    }

    @Test func picturesComeOverOneConnection() async throws {
        let camera = try await TestCamera.start { [.send(Self.answer(Self.pictures[$0.number % 3]))] }
        let watched = try await poll(camera) { $0.frames >= 6 }
        #expect(watched.jpegs.prefix(6).elementsEqual(Self.pictures + Self.pictures))
        #expect(camera.connectionCount == 1)
        #expect(camera.requests.allSatisfy { $0.field("Connection") == "keep-alive" })
        #expect(watched.descriptions.count == 1)
        await camera.stop()
    }

    @Test(arguments: ["", "Connection: close\r\n"])
    func aCameraThatClosesIsConnectedAgain(_ fields: String) async throws {
        let camera = try await TestCamera.start { request in
            // Without a word of it, the connection is closed when the next request is about to go out.
            [.send(Self.answer(Self.pictures[request.connection % 3], fields: fields)), .close]
        }
        let watched = try await poll(camera) { $0.frames >= 4 }
        #expect(watched.error == .cancelled)
        #expect(watched.jpegs.prefix(3).elementsEqual(Self.pictures))
        await camera.stop()
    }

    @Test func picturesWithoutALengthEndWithTheirConnection() async throws {
        let camera = try await TestCamera.start { request in
            [.send(bytes("HTTP/1.0 200 OK\r\n\r\n") + Self.pictures[request.connection % 3]), .close]
        }
        #expect(try await poll(camera) { $0.frames >= 3 }.jpegs.prefix(3).elementsEqual(Self.pictures))
        await camera.stop()
    }

    @Test func chunkedPicturesKeepTheirConnection() async throws {
        let camera = try await TestCamera.start { request in
            let picture = Self.pictures[request.number % 3]
            let head = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(picture.count, radix: 16))\r\n")
            return [.send(head + picture + bytes("\r\n0\r\n\r\n"))]
        }
        #expect(try await poll(camera) { $0.frames >= 5 }.frames >= 5)
        #expect(camera.connectionCount == 1)
        await camera.stop()
    }

    @Test func unchangedPicturesAreNotSentTwice() async throws {
        let camera = try await TestCamera.start { [.send(Self.answer(Self.pictures[$0.number / 4 % 3]))] }
        let watched = try await poll(camera) { $0.frames >= 3 }
        #expect(watched.jpegs.prefix(3).elementsEqual(Self.pictures))
        #expect(watched.unchanged >= 6)
        await camera.stop()
    }

    @Test func conditionsAreSentAndAnsweredWithNothing() async throws {
        let camera = try await TestCamera.start { request in
            let tag = "\"v\(request.number / 3)\""
            if request.field("If-None-Match") == tag, request.field("If-Modified-Since") == "yesterday" {
                return [.send(bytes("HTTP/1.1 304 Not Modified\r\nETag: \(tag)\r\n\r\n"))]
            }
            return [.send(Self.answer(Self.pictures[request.number / 3 % 3], fields: "ETag: \(tag)\r\nLast-Modified: yesterday\r\n"))]
        }
        let watched = try await poll(camera) { $0.frames >= 3 }
        #expect(watched.jpegs.prefix(3).elementsEqual(Self.pictures))
        #expect(watched.unchanged >= 4)
        #expect(camera.connectionCount == 1)
        #expect(camera.requests.first?.field("If-None-Match") == nil)
        await camera.stop()
    }

    @Test func aLoginIsAskedForOnceAndKeptOnTheConnection() async throws {
        let door = DigestDoor()
        let uses = Atomic(0)
        let camera = try await TestCamera.start { request in
            let count = uses.load(ordering: .relaxed) + 1
            let text = String(count, radix: 16)
            let counter = String(repeating: "0", count: 8 - text.count) + text
            guard door.opens(request.field("Authorization"), nonce: "n", target: request.target, count: counter) else {
                return [.send(bytes("HTTP/1.1 401 No\r\nContent-Length: 2\r\nWWW-Authenticate: \(door.challenge(nonce: "n"))\r\n\r\nno"))]
            }
            uses.store(count, ordering: .relaxed)
            return [.send(Self.answer(Self.pictures[count % 3]))]
        }
        let watched = try await poll(camera, user: "admin:secret@") { $0.frames >= 5 }
        #expect(watched.error == .cancelled)
        #expect(camera.connectionCount == 1)
        await camera.stop()
    }

    @Test func theFirstPictureOfAStreamIsTaken() async throws {
        let camera = try await TestCamera.start { request in
            [.send(TestPicture.head + TestPicture.parts([Self.pictures[request.connection % 3], Self.pictures[0]]))]
        }
        #expect(try await poll(camera) { $0.frames >= 3 }.jpegs.prefix(3).elementsEqual(Self.pictures))
        await camera.stop()
    }

    @Test func whatStandsBehindThePictureWithinItsLengthStays() async throws {
        let padded = Self.pictures[0] + [0, 0, 0, 0, 7]
        let camera = try await TestCamera.start { _ in [.send(Self.answer(padded))] }
        #expect(try await poll(camera) { $0.frames >= 1 }.jpegs.first == padded)
        await camera.stop()
    }

    @Test func aPictureThatDoesNotEndIsAStall() async throws {
        let camera = try await TestCamera.start { _ in [.send(Array(Self.answer(Self.pictures[0]).dropLast(9)))] }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/") {
            $0.interval = .milliseconds(40)
            $0.stallTimeout = .milliseconds(100)
        }
        // Three intervals are more than the limit of streams.
        #expect(await watch(reader, frames: 1).error == .stalled(after: .milliseconds(120)))
        await camera.stop()
    }

    @Test(arguments: [
        ("HTTP/1.1 404 No\r\n\r\n", "status"), ("HTTP/1.1 304 No\r\n\r\n", "status"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", "not_a_picture"),
    ])
    func whatIsNoPictureSaysWhy(_ answer: String, _ code: String) async throws {
        let camera = try await TestCamera.start { _ in [.send(bytes(answer))] }
        #expect(try await poll(camera) { $0.frames >= 1 }.error?.code == code)
        await camera.stop()
    }

    // MARK: - Bad answers

    @Test(arguments: [
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 500 No\r\n\r\n", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 No\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 302 No\r\nLocation: /busy\r\n\r\n",
        "rubbish\r\n\r\n", "",
    ])
    func oneBadAnswerIsNotALostCamera(_ bad: String) async throws {
        let count = Atomic(0)
        let camera = try await TestCamera.start { request in
            let number = count.add(1, ordering: .relaxed).newValue
            // The second and each eighth one, and what a redirect leads to.
            if number == 2 || number % 8 == 0 || request.target != "/shot.jpg" { return [.send(bytes(bad)), .close] }
            return [.send(Self.answer(Self.pictures[number % 3]))]
        }
        let watched = try await poll(camera) { $0.frames >= 20 }
        #expect(watched.error == .cancelled)
        #expect(watched.attempts.count <= 1)
        await camera.stop()
    }

    @Test func badAnswersForTheStallTimeoutAreALostCamera() async throws {
        let camera = try await TestCamera.start { request in
            request.connection == 0 && request.number < 3
                ? [.send(Self.answer(Self.pictures[request.number]))] : [.send(bytes("HTTP/1.1 503 Busy\r\n\r\n")), .close]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/shot.jpg") {
            $0.interval = .milliseconds(10)
            $0.stallTimeout = .milliseconds(300)
        }
        let start = NIODeadline.now()
        #expect(await watch(reader, frames: 99).error?.code == "status")
        #expect(NIODeadline.now() - start >= .milliseconds(250))
        await camera.stop()
    }

    @Test func aWrongLoginIsNotAskedForTwice() async throws {
        let camera = try await TestCamera.start { request in
            request.number < 2
                ? [.send(Self.answer(Self.pictures[request.number]))]
                : [.send(bytes("HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n"))]
        }
        #expect(try await poll(camera, user: "a:b@") { $0.frames >= 9 }.error == .loginRefused(401))
        #expect(camera.requests.count { $0.field("Authorization") != nil } <= 1)
        await camera.stop()
    }

    /// The stall timeout leaves time to ask again, whatever the camera wishes.
    @Test(arguments: ["HTTP/1.1 503 Busy\r\nRetry-After: 300\r\n\r\n", "HTTP/1.1 429 No\r\nRetry-After: 100000\r\n\r\n"])
    func aWishToBeLeftAloneLosesNoCamera(_ bad: String) async throws {
        let count = Atomic(0)
        let camera = try await TestCamera.start { request in
            let number = count.add(1, ordering: .relaxed).newValue
            return number % 3 == 0 ? [.send(bytes(bad)), .close] : [.send(Self.answer(Self.pictures[number % 3]))]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/shot.jpg") {
            $0.interval = .milliseconds(50)
            $0.stallTimeout = .seconds(2)
        }
        let start = NIODeadline.now()
        let watched = await watch(reader, frames: 5)
        #expect(watched.error == .cancelled)
        // Met as far as it can be.
        #expect(NIODeadline.now() - start >= .milliseconds(1400))
        await camera.stop()
    }

    /// One refusal among good answers is the camera's mistake; two in a row are none, and by then the login went out twice at most.
    @Test(arguments: [1, 2], ["Basic realm=\"x\"", "fresh"]) func aSingleRefusalIsNotALostCamera(_ refusals: Int, _ challenge: String)
        async throws
    {
        let logins = Atomic(0)
        let camera = try await TestCamera.start { request in
            let nonce = challenge == "fresh" ? "Digest realm=\"x\", nonce=\"\(UInt64.random(in: 0...UInt64.max))\"" : challenge
            let no = [TestCamera.Step.send(bytes("HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: \(nonce)\r\n\r\n"))]
            guard request.field("Authorization") != nil else { return no }
            let number = logins.add(1, ordering: .relaxed).newValue
            // A refused Digest login with another nonce was perhaps sent too late; the next one was not.
            let bad = challenge == "fresh" ? refusals == 1 ? 5...6 : 5...99 : refusals == 1 ? 5...5 : 5...99
            if bad.contains(number) { return no }
            return [.send(Self.answer(Self.pictures[number % 3]))]
        }
        let watched = try await poll(camera, user: "a:b@") { $0.frames >= 8 }
        if refusals == 1 {
            #expect(watched.error == .cancelled)
        } else {
            #expect(watched.error == .loginRefused(401))
            #expect(logins.load(ordering: .relaxed) - 4 <= 3)
        }
        await camera.stop()
    }

    /// Without a login nothing is lost by asking again.
    @Test(arguments: [401, 403]) func aRefusalWithoutALoginIsPassing(_ status: Int) async throws {
        let count = Atomic(0)
        let camera = try await TestCamera.start { _ in
            let number = count.add(1, ordering: .relaxed).newValue
            return number % 4 > 1
                ? [.send(bytes("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n\r\n"))] : [.send(Self.answer(Self.pictures[number % 3]))]
        }
        #expect(try await poll(camera) { $0.frames >= 6 }.error == .cancelled)
        await camera.stop()
    }

    /// Silent within a picture or before it, the camera is asked again in time.
    @Test(arguments: [20, 0]) func aCameraThatFallsSilentIsAskedAgain(_ length: Int) async throws {
        let count = Atomic(0)
        let camera = try await TestCamera.start { _ in
            let number = count.add(1, ordering: .relaxed).newValue
            let answer = Self.answer(Self.pictures[number % 3])
            return [.send(number % 3 == 0 ? Array(answer.prefix(length == 0 ? 0 : answer.count - length)) : answer)]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/shot.jpg") {
            $0.interval = .milliseconds(20)
            $0.stallTimeout = .milliseconds(1500)
        }
        #expect(await watch(reader, frames: 6).error == .cancelled)
        await camera.stop()
    }

    /// A camera that always pauses within its pictures is slow, not lost.
    @Test func aCameraThatPausesWithinEachPictureIsNotLost() async throws {
        let count = Atomic(0)
        let camera = try await TestCamera.start { _ in
            let answer = Self.answer(Self.pictures[count.add(1, ordering: .relaxed).newValue % 3])
            return [.send(Array(answer.dropLast(40))), .pause(700), .send(answer.suffix(40))]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/shot.jpg") {
            $0.interval = .milliseconds(20)
            $0.stallTimeout = .milliseconds(1800)
        }
        #expect(await watch(reader, frames: 4).error == .cancelled)
        await camera.stop()
    }

    @Test(arguments: [0, 1, 2, 30, 300], ["", "Connection: close\r\n"])
    func aLengthThatIsTooSmallCutsNoPicture(_ missing: Int, _ fields: String) async throws {
        let camera = try await TestCamera.start { request in
            let picture = Self.pictures[(request.connection + request.number) % 3]
            let head = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\(fields)Content-Length: \(max(0, picture.count - missing))\r\n\r\n"
            // Also where the length is met by the end of what has come so far.
            let length = max(0, picture.count - missing)
            return [.send(bytes(head) + picture.prefix(length)), .pause(30), .send(Array(picture.dropFirst(length)))]
                + (fields.isEmpty ? [] : [.close])
        }
        let watched = try await poll(camera) { $0.frames >= 4 }
        #expect(watched.error == .cancelled)
        #expect(watched.jpegs.allSatisfy { Self.pictures.contains($0) })
        if missing == 0, fields.isEmpty { #expect(camera.connectionCount == 1) }
        await camera.stop()
    }

    @Test func aLengthOfNoughtBeforeAPictureIsNotBelieved() async throws {
        let camera = try await TestCamera.start { request in
            [
                .send(
                    bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n")
                        + Self.pictures[request.connection % 3])
            ]
        }
        #expect(try await poll(camera) { $0.frames >= 3 }.jpegs.prefix(3).elementsEqual(Self.pictures))
        await camera.stop()
    }

    /// Without an end of image, the length is all there is; the connection is kept.
    @Test func aPictureWithoutItsEndIsTakenByItsLength() async throws {
        let camera = try await TestCamera.start { [.send(Self.answer(Self.pictures[$0.number % 3].dropLast(2)))] }
        let watched = try await poll(camera) { $0.frames >= 3 }
        #expect(watched.jpegs.prefix(3).elementsEqual(Self.pictures.map { $0.dropLast(2) }))
        #expect(camera.connectionCount == 1)
        await camera.stop()
    }

    /// The answer has a whole picture and then does not end as it should.
    @Test(arguments: ["length", "multipart", "chunked", "endless"])
    func aWholePictureIsGivenHoweverTheAnswerGoesOn(_ form: String) async throws {
        let camera = try await TestCamera.start { request in
            let picture = Self.pictures[request.connection % 3]
            switch form {
            case "length":
                return [
                    .send(bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count + 7)\r\n\r\n") + picture)
                ]
            case "multipart":
                let part = bytes("--b\r\nContent-Type: image/jpeg\r\n\r\n") + picture + bytes("\r\n")
                let chunk = bytes("\(String(part.count, radix: 16))\r\n") + part + bytes("\r\n")
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"
                return [.send(bytes(head) + chunk + chunk)]
            case "chunked":
                let head = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(picture.count, radix: 16))\r\n")
                return [.send(head + picture + bytes("\r\n"))]
            default:
                return [.send(bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n") + picture)]
                    + (0..<4000).flatMap { _ in [TestCamera.Step.pause(5), .send([0, 0])] }
            }
        }
        #expect(try await poll(camera) { $0.frames >= 3 }.jpegs.prefix(3).elementsEqual(Self.pictures))
        await camera.stop()
    }

    @Test(arguments: [true, false])
    func validatorsThatAlwaysSayUnchangedAreDoubted(_ areWrong: Bool) async throws {
        let asked = Atomic(0)
        let camera = try await TestCamera.start { request in
            if request.field("If-None-Match") != nil { return [.send(bytes("HTTP/1.1 304 Not Modified\r\n\r\n"))] }
            let number = asked.add(1, ordering: .relaxed).oldValue
            let picture = Self.pictures[areWrong ? number % 3 : 0]
            return [.send(Self.answer(picture, fields: "ETag: \"same\"\r\n"))]
        }
        let watched = try await poll(camera) { areWrong ? $0.frames >= 6 : $0.unchanged >= 60 }
        #expect(watched.error == .cancelled)
        let conditional = camera.requests.count { $0.field("If-None-Match") != nil }
        if areWrong {
            // Caught once, they are not asked again.
            #expect((1...25).contains(conditional), "\(conditional)")
        } else {
            #expect(watched.frames == 1)
            #expect(conditional >= 50)
            #expect(camera.requests.count > conditional + 2)
        }
        await camera.stop()
    }

    // MARK: - Without an interval

    @Test(arguments: ["", "Connection: close\r\n"])
    func aCameraWithSinglePicturesIsAskedAgainByItself(_ fields: String) async throws {
        let camera = try await TestCamera.start { request in
            [.send(Self.answer(Self.pictures[(request.connection + request.number) % 3], fields: fields))]
                + (fields.isEmpty ? [] : [.close])
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/shot.jpg") { $0.asksSinglePicturesAgain = true }
        let start = NIODeadline.now()
        let watched = await watch(reader, frames: 4)
        #expect(watched.error == .cancelled)
        #expect(NIODeadline.now() - start < .seconds(8))
        #expect(watched.descriptions.last?.isPolledUnasked == true)
        // The next dial knows.
        let again = await watch(reader, frames: 1)
        #expect(again.descriptions.first?.isPolledUnasked == true)
        await camera.stop()
    }

    @Test func picturesOnTheSameConnectionAreAStream() async throws {
        let camera = try await TestCamera.start { _ in
            [.send(Self.answer(Self.pictures[0])), .pause(300), .send(Self.pictures[1]), .pause(1500), .send(Self.pictures[2])]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/") { $0.asksSinglePicturesAgain = true }
        #expect(await watch(reader, frames: 3).jpegs == Self.pictures)
        #expect(camera.connectionCount == 1)
        await camera.stop()
    }

    @Test(arguments: [
        ("12", 12), ("-5", 0), ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sunday, 06-Nov-94 08:50:07 GMT", nil),
        ("Sun Nov  6 08:50:07 1994", 30), ("Sun, 06 Nov 1994 08:40:00 GMT", 0), ("soon", nil), ("Sun, 99 Nov 1994 99:40:00 GMT", nil),
        ("", nil),
    ])
    func retryAfterMayBeADate(_ text: String, _ seconds: Int?) {
        let head = ResponseHead(
            version: .http(major: 1, minor: 1), status: 503, reason: "",
            fields: [("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Retry-After", text)])
        if text.contains("-94") {
            // Two digits mean this century.
            #expect(head.retryAfter(now: 0).map { $0 > 1_000_000 } == true)
        } else {
            #expect(head.retryAfter(now: 0) == seconds)
        }
        let bare = ResponseHead(version: .http(major: 1, minor: 1), status: 503, reason: "", fields: [("Retry-After", text)])
        if text.contains("08:50:07 GMT"), !text.contains("-94") { #expect(bare.retryAfter(now: 784_111_777) == 30) }
    }
}
