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
}
