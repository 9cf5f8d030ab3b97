import Foundation
import Synchronization
import TestSupport
import Testing
import Text

@testable import CameraClient

/// Programs that are told something.
@Suite(.timeLimit(.minutes(1)), .serialized) struct NoticeProgramTests {
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mjpeg-relay-notice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func run(
        _ words: [String], _ environment: [String: String] = [:], limit: Duration = .seconds(30)
    ) async -> NoticeError? {
        do throws(NoticeError) {
            try await NoticeProgram(words: words, environment: environment, hiding: Secrets(), limit: limit).run(log: { _ in }, started: {})
            return nil
        } catch {
            return error
        }
    }

    @Test func itGetsWordsAndEnvironmentAsTheyAreAndNoShell() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = "$(touch \(folder.path)/touched) `id` \"'; & | *"
        let script = "printf '%s\\n' \"$1\" \"$MJPEG_RELAY_REASON\" \"${HOME+set}\" >\"$2\"; cat"
        #expect(await run(["sh", "-c", script, "sh", text, "\(folder.path)/out"], ["MJPEG_RELAY_REASON": text]) == nil)
        let home = ProcessInfo.processInfo.environment["HOME"] == nil ? "" : "set"
        #expect(try String(contentsOf: folder.appending(path: "out"), encoding: .utf8) == "\(text)\n\(text)\n\(home)\n")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/touched"))
    }

    @Test func failuresAreSaid() async {
        #expect(await run(["sh", "-c", "echo no broker >&2; exit 5"]) == .program("program 'sh' ended with status 5: no broker"))
        #expect(await run(["/nowhere/x"]).map { "\($0)".contains("cannot be started") } == true)
        #expect(await run(["sh", "-c", "kill -9 $$"]) == .program("program 'sh' was ended by signal 9"))
        // Much said, on both outputs, holds nothing up.
        #expect(await run(["sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2"]) == nil)
        // One that closes its outputs may still work.
        #expect(await run(["sh", "-c", "exec >&- 2>&-; sleep 1; exit 3"]) == .program("program 'sh' ended with status 3"))
    }

    /// TERM first, so that it can tidy up; then KILL, whatever it does with TERM; and all that it started.
    @Test func whatRunsTooLongIsEnded() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let polite = "trap 'echo tidy >\(folder.path)/tidy; exit 0' TERM; while :; do sleep 0.1; done"
        let start = ContinuousClock.now
        let error = await run(["sh", "-c", polite], limit: .seconds(1))
        #expect(error == .program("program 'sh' ran for more than 1.0 seconds and was ended"))
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/tidy"))
        #expect(ContinuousClock.now - start < .seconds(3))
        let deaf = "trap '' TERM; sleep 1000 & echo $! >\(folder.path)/child; while :; do sleep 0.1; done"
        #expect(await run(["sh", "-c", deaf], limit: .seconds(1)) != nil)
        let child = try Self.pid(in: "\(folder.path)/child")
        try await eventually("the program's child is gone") { Self.isGone(child) }
    }

    @Test func whatItLeavesBehindHoldsNothingUp() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let start = ContinuousClock.now
        #expect(await run(["sh", "-c", "sleep 1000 & echo $! >\(folder.path)/child"]) == nil)
        #expect(ContinuousClock.now - start < .seconds(10))
        let child = try Self.pid(in: "\(folder.path)/child")
        try await eventually("the program's child is gone") { Self.isGone(child) }
    }

    @Test func cancellationEndsIt() async throws {
        let task = Task { await run(["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]) }
        try await Task.sleep(for: .milliseconds(500))
        let start = ContinuousClock.now
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    private static func pid(in file: String) throws -> pid_t {
        try #require(pid_t(try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)))
    }

    private static func isGone(_ pid: pid_t) -> Bool {
        let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return stat.map { $0.contains(") Z") } ?? true
    }
}
