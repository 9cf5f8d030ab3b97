import CameraURL
import MJPEG
import TestSupport
import Testing

@testable import CameraClient

/// Response heads as cameras send them, through the whole chain: socket, head, transfer coding, frames.
@Suite(.timeLimit(.minutes(1)), .serialized) struct CameraResponseTests {
    private static let pictures = TestPicture.jpegs(3)

    /// A head, and how the body behind it is made of the stream's bytes.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let head: String
        var body: @Sendable ([UInt8]) -> [UInt8] = { $0 }
        var testDescription: String { name }
    }

    private static let type = "Content-Type: multipart/x-mixed-replace; boundary=frame"

    private static func chunked(_ size: Int, _ line: @escaping @Sendable (Int) -> String) -> @Sendable ([UInt8]) -> [UInt8] {
        { stream in
            stride(from: 0, to: stream.count, by: size).flatMap { start in
                let chunk = stream[start..<min(start + size, stream.count)]
                return bytes(line(chunk.count)) + chunk + bytes("\r\n")
            }
        }
    }

    private static func plain(_ count: Int) -> String { String(count, radix: 16) + "\r\n" }

    static let rows: [Row] = [
        Row(name: "HTTP/1.0, no length", head: "HTTP/1.0 200 OK\r\n\(type)\r\n\r\n"),
        Row(name: "HTTP/1.1, no length", head: "HTTP/1.1 200 OK\r\n\(type)\r\n\r\n"),
        Row(name: "HTTP/1.1 keep-alive, no length", head: "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\(type)\r\n\r\n"),
        Row(
            name: "chunked, a byte each", head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(type)\r\n\r\n", body: chunked(1, plain)),
        Row(name: "chunked, odd edges", head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\(type)\r\n\r\n", body: chunked(97, plain)),
        Row(
            name: "chunked, sloppy lines", head: "HTTP/1.1 200 OK\r\ntransfer-encoding:chunked\r\n\(type)\r\n\r\n",
            body: chunked(301) { "  0X\(String($0, radix: 16, uppercase: true)) ; name=\"a b\" \n" }),
        Row(
            name: "chunked with a length", head: "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\(type)\r\n\r\n",
            body: chunked(128, plain)),
        Row(name: "said to be chunked, and is not", head: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(type)\r\n\r\n"),
        Row(name: "no reason", head: "HTTP/1.1 200\r\n\(type)\r\n\r\n"),
        Row(name: "LF lines", head: "HTTP/1.0 200 OK\nServer: cgi\n\(type)\n\n"),
        Row(
            name: "nameless and malformed lines",
            head: "HTTP/1.1 200 OK\r\nThu Nov 26 02:00:00 2015\r\n: nothing\r\nname only\r\nX-%d: %s%s%n\r\n\(type)\r\n\r\n"),
        Row(
            name: "folded lines",
            head: "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;\r\n boundary=frame\r\nX-A: b\r\n\tc\r\n\r\n"),
        Row(
            name: "odd capitals and blanks",
            head: "http/1.1   200   ok\r\ncONTENT-tYPE :\t Multipart/X-Mixed-Replace ;  BOUNDARY = frame \r\n\r\n"),
        Row(name: "ICY", head: "ICY 200 OK\r\n\(type)\r\n\r\n"),
        Row(name: "a blank line first", head: "\r\nHTTP/1.1 200 OK\r\n\(type)\r\n\r\n"),
        Row(name: "blank lines first", head: "\n\r\n\nHTTP/1.1 200 OK\r\n\(type)\r\n\r\n"),
        Row(name: "a length of 0", head: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\(type)\r\n\r\n"),
        Row(name: "a bogus total", head: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\(type)\r\n\r\n"),
        Row(name: "a short total", head: "HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\(type)\r\n\r\n"),
        Row(name: "a length that is no number", head: "HTTP/1.1 200 OK\r\nContent-Length: -1x\r\n\(type)\r\n\r\n"),
        Row(
            name: "interim heads", head: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\(type)\r\n\r\n"
        ),
        Row(name: "multipart/mixed", head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/mixed;boundary=frame\r\n\r\n"),
        Row(name: "image/jpeg, and parts", head: "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"),
        Row(name: "octets", head: "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"),
        Row(name: "no type", head: "HTTP/1.0 200 OK\r\n\r\n"),
        Row(name: "a type that is none", head: "HTTP/1.0 200 OK\r\nContent-Type: ???\r\n\r\n"),
        Row(name: "text that is a stream", head: "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        Row(name: "quoted boundary", head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=\"frame\"\r\n\r\n"),
        Row(name: "single quotes", head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary='frame'\r\n\r\n"),
        Row(name: "boundary with dashes", head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=--frame\r\n\r\n"),
        Row(name: "no boundary", head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n"),
        Row(name: "another boundary", head: "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=other\r\n\r\n"),
    ]

    /// The last picture's end must be enough: nothing follows it, and the connection stays open.
    @Test(arguments: rows, [true, false])
    func everyHeadIsReadToItsLastFrame(_ row: Row, _ isWhole: Bool) async throws {
        let body = row.body(TestPicture.parts(Self.pictures))
        let answer = bytes(row.head) + body
        let camera = try await TestCamera.start { _ in [isWhole ? .send(answer) : .bytewise(answer)] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/video", frames: 3)
        #expect(watched.jpegs == Self.pictures)
        #expect(watched.error == .cancelled)
        await camera.stop()
    }

    @Test func severalJPEGsOnOneConnectionAreAllRead() async throws {
        let answer = bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(Self.pictures[0].count)\r\n\r\n")
        let camera = try await TestCamera.start { _ in [.send(answer + Self.pictures.flatMap { $0 })] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 3)
        #expect(watched.jpegs == Self.pictures)
        await camera.stop()
    }

    @Test func aSinglePictureIsShownAndNamed() async throws {
        let answer = bytes("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: \(Self.pictures[0].count)\r\n\r\n")
        let camera = try await TestCamera.start { _ in [.send(answer + Self.pictures[0]), .close] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 2)
        #expect(watched.jpegs == [Self.pictures[0]])
        #expect(watched.error == .singlePicture)
        #expect("\(CameraError.singlePicture)".contains("interval: 1s"))
        await camera.stop()
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 30\r\n\r\n<html><body>Log in</body></htm", "not_a_picture",
            "text/html"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\r\n <!DOCTYPE html><title>", "not_a_picture", "text/html"),
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"error\": \"busy\"}", "not_a_picture", "application/json"),
        ("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\nfull", "status", "503 (Busy)"),
        ("HTTP/1.1 404 Not\u{1B}[31mFound\r\n\r\n", "status", "404 (Not[31mFound)"),
        ("SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "not_http", "SSH-2.0"),
        ("RTSP/1.0 200 OK\r\n\r\n", "not_http", "RTSP"),
        ("HTTP/1.1 200 O", "closed_before_head", "closed"),
        ("", "closed_before_head", "closed"),
    ])
    func whatIsNoStreamSaysWhy(_ answer: String, _ code: String, _ text: String) async throws {
        let camera = try await TestCamera.start { _ in [.send(bytes(answer)), .close] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1)
        #expect(watched.jpegs.isEmpty)
        #expect(watched.error?.code == code)
        #expect(watched.error.map { "\($0)" }?.contains(text) == true, "\(String(describing: watched.error))")
        await camera.stop()
    }

    @Test func aCameraThatRefusesSaysWhenToComeBack() async throws {
        let camera = try await TestCamera.start { _ in [.send(bytes("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n"))] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1)
        #expect(watched.error?.retryAfter == .seconds(7))
        await camera.stop()
    }

    @Test func whatWasOddIsTold() async throws {
        let parts = TestPicture.parts(Self.pictures, length: false)
        let head = bytes("HTTP/1.0 200 OK\r\nServer: gnome\u{7}\r\nContent-Type: multipart/x-mixed-replace; boundary=--frame\r\n\r\n")
        let camera = try await TestCamera.start { _ in [.send(head + parts)] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/a?password=secret", frames: 3)
        let description = try #require(watched.descriptions.last)
        #expect(description.quirks.isSuperset(of: [.noContentLength, .declaredDashes]))
        #expect(description.server == "gnome")
        #expect(description.boundary == "--frame")
        #expect(description.learntBoundary == "frame")
        #expect(description.address?.shown == "http://127.0.0.1:\(camera.port)/a?…")
        #expect(watched.descriptions.count <= 9)
        await camera.stop()
    }

    @Test(arguments: [true, false]) func whatIsDroppedIsToldAndCounted(someAreWhole: Bool) async throws {
        let whole = TestPicture.jpeg(1)
        let cut = Array(whole.dropLast(12))
        let parts = (0..<9).flatMap { TestPicture.parts([cut, $0 == 4 && someAreWhole ? whole : cut]) }
        let camera = try await TestCamera.start { _ in
            [
                .send(
                    bytes("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n") + TestPicture.parts([whole])
                        + parts), .close,
            ]
        }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 9)
        let description = try #require(watched.descriptions.last)
        #expect(description.quirks.contains(.brokenPicture))
        #expect(description.picturesDropped == (someAreWhole ? 17 : 18))
        #expect(watched.jpegs == Array(repeating: whole, count: someAreWhole ? 2 : 1))
        await camera.stop()
    }

    @Test func whatIsDroppedIsToldBeforeAnyPictureComes() async throws {
        let cut = Array(TestPicture.jpeg(1).prefix(60))
        let head = bytes("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
        let camera = try await TestCamera.start { _ in [.send(head + TestPicture.parts([cut, cut, cut])), .close] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1)
        #expect(watched.descriptions.last?.quirks.contains(.brokenPicture) == true)
        #expect(watched.descriptions.last?.picturesDropped ?? 0 >= 2)
        await camera.stop()
    }

    @Test func theBoundaryIsReadAgainOnEachConnection() async throws {
        let camera = try await TestCamera.start { request in
            let boundary = "b\(request.connection)"
            let head = bytes("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=\(boundary)\r\n\r\n")
            return [.send(head + TestPicture.parts(Self.pictures, boundary: boundary, length: false)), .close]
        }
        let reader = try httpCamera("http://127.0.0.1:\(camera.port)/")
        for _ in 0..<2 {
            let watched = await watch(reader, frames: 4)
            #expect(watched.jpegs == Self.pictures)
            #expect(watched.error == .ended)
        }
        await camera.stop()
    }
}
