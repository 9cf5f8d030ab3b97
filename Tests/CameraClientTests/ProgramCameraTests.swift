import Glibc
import NIOPosix
import Synchronization
import TestSupport
import Testing
import Text

@testable import CameraClient

/// Programs as cameras; `sh` stands for them, since every system has it.
@Suite(.timeLimit(.minutes(1)), .serialized) struct ProgramCameraTests {
    private static let pictures = TestPicture.jpegs(3)

    private final class Log: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// A file that a program puts out, gone with the test.
    private func withFile<R>(_ content: [UInt8], _ body: (String) async throws -> R) async throws -> R {
        let path = "/tmp/mjpeg-relay-test-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).bin"
        let file = try #require(fopen(path, "w"))
        fwrite(content, 1, content.count, file)
        fclose(file)
        defer { unlink(path) }
        return try await body(path)
    }

    private func camera(_ words: [String], log: Log = Log(), _ change: (inout ProgramCamera.Settings) -> Void = { _ in }) -> ProgramCamera {
        var settings = ProgramCamera.Settings(words: words, stallTimeout: .seconds(10), maxFrameSize: 1 << 20) { line in
            log.lines.withLock { $0.append(line) }
        }
        change(&settings)
        return ProgramCamera(settings: settings, eventLoop: MultiThreadedEventLoopGroup.singleton.next())
    }

    @Test(arguments: [TestPicture.parts(pictures, boundary: "ffmpeg"), pictures.flatMap { $0 }])
    func partsAndBareJPEGsAreFrames(_ output: [UInt8]) async throws {
        try await withFile(output) { path in
            let camera = camera(["sh", "-c", "cat \"$0\"; exec sleep 100", path])
            #expect(await watch(camera, frames: 3).jpegs == Self.pictures)
        }
    }

    @Test func aProgramThatEndsSaysWhyItDid() async throws {
        let log = Log()
        let camera = camera(
            ["sh", "-c", "echo first >&2; echo 'rtsp://user:p@ss/word@192.0.2.1/x: refused\u{1B}[0m' >&2; exit 3"], log: log)
        let watched = await watch(camera, frames: 1)
        #expect(watched.error == .program(reason: "program 'sh' ended with status 3: rtsp://***@192.0.2.1/x: refused[0m"))
        #expect(log.lines.withLock { $0 } == ["first", "rtsp://***@192.0.2.1/x: refused[0m"])
    }

    @Test(arguments: [["/nowhere/no-such-program"], ["no-such-program-anywhere", "x"]])
    func aProgramThatIsNotThereIsNamed(_ words: [String]) async {
        let camera = camera(words)
        let error = await watch(camera, frames: 1).error
        #expect(error?.code == "program")
        #expect(error.map { "\($0)" }?.contains("cannot be started") == true)
    }

    @Test func thereIsNoShellInBetween() async throws {
        let camera = camera(["printf", "%s\n", "$HOME `id` ; exit"])
        let error = await watch(camera, frames: 1).error
        #expect(error == .program(reason: "program 'printf' ended"))
    }

    @Test func silenceIsAStall() async throws {
        let camera = camera(["sleep", "100"]) { $0.stallTimeout = .milliseconds(100) }
        #expect(await watch(camera, frames: 1).error == .stalled(after: .milliseconds(100)))
    }

    /// A program that ignores TERM, and one that leaves another behind: both are gone when the camera has ended.
    @Test(arguments: [
        "trap '' TERM; (trap '' TERM; sleep 99) & cat \"$0\"; while :; do sleep 1; done", "(trap '' TERM; sleep 99) & cat \"$0\"; wait",
    ])
    func nothingOutlivesItsCamera(_ script: String) async throws {
        try await withFile(bytes("\(script)").isEmpty ? [] : Self.pictures[0]) { path in
            let log = Log()
            let camera = camera(["sh", "-c", "echo $$ >&2; " + script, path], log: log)
            #expect(await watch(camera, frames: 1).frames == 1)
            let group = try #require(log.lines.withLock { $0.first }.flatMap { pid_t($0) })
            // The group's last members are reaped by whoever adopts them: soon, not at once.
            var tries = 0
            while kill(-group, 0) == 0, tries < 500 {
                usleep(10_000)
                tries += 1
            }
            #expect(kill(-group, 0) == -1)
        }
    }

    @Test func linesOfErrorsAreCut() {
        let log = Log()
        let lines = ErrorLines(hiding: Secrets()) { line in log.lines.withLock { $0.append(line) } }
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000) + bytes("\nshort\r\n\n")
        long.withUnsafeBytes { lines.take($0) }
        #expect(log.lines.withLock { $0.map(\.count) } == [ErrorLines.maxLength, 5])
        #expect(lines.last == "short")
    }

    /// Wherever the login stands in a line, on the place of the cut as well, no part of it is left.
    @Test func aLineIsCutBehindALoginAndNotWithinIt() {
        var secrets = Secrets()
        secrets.add(user: "u", password: "CorrectHorse")
        for length in (ErrorLines.maxLength - 20)...ErrorLines.maxLength + 5 {
            let lines = ErrorLines(hiding: secrets) { _ in }
            let text = [UInt8](repeating: UInt8(ascii: "x"), count: length) + bytes("CorrectHorse!\n")
            text.withUnsafeBytes { lines.take($0) }
            #expect(lines.last?.contains("C") == false)
        }
        // A line that is longer than is read may end within the login.
        let lines = ErrorLines(hiding: secrets) { _ in }
        let text = [UInt8](repeating: 1, count: 4090) + bytes("CorrectHorse\n")
        text.withUnsafeBytes { lines.take($0) }
        #expect(lines.last == "***")
    }
}
