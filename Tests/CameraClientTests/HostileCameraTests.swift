import Glibc
import MJPEG
import NIOPosix
import TestSupport
import Testing

@testable import CameraClient

/// Cameras that are broken, or mean harm: each costs bounded memory and time, and is named.
@Suite(.timeLimit(.minutes(1)), .serialized) struct HostileCameraTests {
    private func failure(_ steps: [TestCamera.Step], _ change: (inout HTTPCamera.Settings) -> Void = { _ in }) async throws -> CameraError?
    {
        try await TestLoops.$group.withValue(TestLoops.busy) {
            let camera = try await TestCamera.start { _ in steps }
            let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 1, change)
            await camera.stop()
            return watched.error
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", "X-Filler: abcdefghijklmnopqrstuvwxyz\r\n", "head_too_large"),
        ("HTTP/1.1 200 OK\r\nX: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "head_too_large"),
        ("", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n", "head_too_large"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n", "too_many_interim_responses"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", "zzzz", "chunk_size_unreadable"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\n", "abcd", "chunk_size_unreadable"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", "                        ", "chunk_size_unreadable"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "Trailer: more\r\n", "trailers_too_large"),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r\n", "X: aaaaaaaaaaaaaaaaaaaaaa\r\n",
            "unreadable"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r\nX: ", "aaaaaaaaaaaaaaaaaaa", "unreadable"),
    ])
    func whatHasNoEndIsEnded(_ start: String, _ repeated: String, _ code: String) async throws {
        let piece = Array(repeatElement(bytes(repeated), count: max(1, 32768 / repeated.utf8.count)).joined())
        // Megabytes pass before the limit is reached: a debug build on a busy machine takes its time over them.
        let error = try await failure([.send(bytes(start)), .endless(piece)]) { $0.stallTimeout = .seconds(200) }
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test func aPictureWithoutEndIsEndedAtItsLimit() async throws {
        let start = TestPicture.head + bytes("--frame\r\nContent-Type: image/jpeg\r\n\r\n") + TestPicture.jpeg(1).dropLast(2)
        let error = try await failure([.send(start), .endless([UInt8](repeating: 0x55, count: 32768))]) {
            $0.stallTimeout = .seconds(200)
        }
        #expect(error?.code == "unreadable")
        #expect(error.map { "\($0)" }?.contains("max_frame_size") == true)
    }

    @Test(arguments: ["-1", "99999999999999999999999999", "18446744073709551617", "0x10", "1e9", "", "+5", "5,5"])
    func lengthsOfAnySignAndSizeDoNoHarm(_ length: String) async throws {
        let pictures = TestPicture.jpegs(3)
        let parts = pictures.flatMap {
            bytes("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(length)\r\n\r\n") + $0 + bytes("\r\n")
        }
        let camera = try await TestCamera.start { _ in [.send(TestPicture.head + parts)] }
        let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 3)
        #expect(watched.jpegs == pictures)
        await camera.stop()
    }

    @Test func silenceIsAStall() async throws {
        let error = try await failure([.send(TestPicture.head)]) { $0.stallTimeout = .milliseconds(100) }
        #expect(error == .stalled(after: .milliseconds(100)))
    }

    @Test func bytesThatMakeNoFrameAreAStall() async throws {
        let error = try await failure([.send(TestPicture.head), .endless(bytes("--frame\r\n\r\n\r\n"))]) {
            $0.stallTimeout = .milliseconds(200)
        }
        #expect(error?.code == "stalled" || error?.code == "unreadable")
    }

    @Test func silenceBeforeTheHeadIsNamed() async throws {
        let error = try await failure([]) { $0.connectTimeout = .milliseconds(100) }
        #expect(error.map { "\($0)" }?.contains("does not answer") == true)
    }

    @Test func aHeadThatDripsIsOutOfTime() async throws {
        let drip = (0..<200).flatMap { _ in [TestCamera.Step.send(bytes("X")), .pause(5)] }
        let error = try await failure([.send(bytes("HTTP/1.1 200 OK\r\n"))] + drip) { $0.connectTimeout = .milliseconds(200) }
        #expect(error?.code == "connection")
    }

    @Test func aReaderThatEndsInAFrameLosesOnlyThatFrame() async throws {
        let stream = TestPicture.head + TestPicture.parts(TestPicture.jpegs(3)).dropLast(60)
        for end in [TestCamera.Step.close, .reset] {
            let camera = try await TestCamera.start { _ in [.send(stream), .pause(50), end] }
            let watched = try await watch("http://127.0.0.1:\(camera.port)/", frames: 3)
            #expect(watched.jpegs == TestPicture.jpegs(2))
            #expect(watched.error?.kind == .failure)
            await camera.stop()
        }
    }

    /// As fast as the network goes: far more than 1000 frames a second. Each frame goes out, and memory does not grow with them.
    @Test func aThousandFramesASecondCostBoundedMemory() async throws {
        try await TestLoops.$group.withValue(TestLoops.busy) {
            let pictures = (1...20).map { TestPicture.jpeg($0, size: 5_000) }
            let camera = try await TestCamera.start { _ in [.send(TestPicture.head), .endless(TestPicture.parts(pictures))] }
            let counter = FrameCounter()
            _ = try await counter.count("http://127.0.0.1:\(camera.port)/", frames: 500)
            let before = residentBytes()
            let frames = try await counter.count("http://127.0.0.1:\(camera.port)/", frames: 3000)
            #expect(frames >= 3000)
            #expect(residentBytes() - before < 20 << 20)
            await camera.stop()
        }
    }

    /// Counts frames without keeping them.
    private struct FrameCounter {
        func count(_ url: String, frames count: Int) async throws -> Int {
            let watcher = Watcher(keepsPictures: false) { $0.frames >= count }
            let camera = try httpCamera(url)
            return await watcher.read(camera).frames
        }
    }

    private func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }
}
