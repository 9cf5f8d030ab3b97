import Subprocess
import Text

/// A program that is run once for a message, with no shell in between and in a process group of its own: TERM to the group after
/// ``limit``, KILL ``killDelay`` later. What it leaves behind in its group ends with it.
package struct NoticeProgram: Sendable {
    /// How long a program may run.
    package static let limit = Duration.seconds(30)
    private static let killDelay = Duration.seconds(2)

    private let words: [String]
    private let environment: [String: String]
    private let limit: Duration
    private let secrets: Secrets

    /// - Parameters:
    ///   - words: the program (a name that is looked for in PATH, or a path) and its arguments.
    ///   - environment: what is added to the relay's own.
    ///   - secrets: the logins in the arguments, which the program may repeat.
    package init(words: [String], environment: [String: String], hiding secrets: Secrets, limit: Duration = NoticeProgram.limit) {
        self.secrets = secrets
        self.words = words
        self.environment = environment
        self.limit = limit
    }

    /// Runs the program to its end; cancellation ends it as its limit does. `log` takes each line of its standard error, cut and
    /// cleaned; `started` is called when it runs.
    package func run(log: @escaping @Sendable (String) -> Void, started: @escaping @Sendable () -> Void) async throws(NoticeError) {
        let name = words.first ?? ""
        let lines = ErrorLines(hiding: secrets, log: log)
        let mark = StartedPrograms.all.mark()
        let limit = limit
        defer { withExtendedLifetime(mark) {} }
        do {
            let result = try await Subprocess.run(
                configuration, input: .none, output: .discarded, error: .sequence
            ) { execution in
                mark.started(execution.processIdentifier.value)
                started()
                let clock = ContinuousClock()
                let end = clock.now + limit
                await withTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        do { for try await piece in execution.standardError { piece.withUnsafeBytes { lines.take($0) } } } catch {}
                        return false
                    }
                    group.addTask {
                        // Signal 0 does nothing: this waits for the program's own end.
                        let wait = TeardownStep.send(signal: Signal(rawValue: 0), allowedDurationToNextStep: limit)
                        await execution.teardown(using: [wait] + Self.ending)
                        return true
                    }
                    while let hasEnded = await group.next(), !hasEnded {}
                    // The leader is not reaped yet, so the group's number is still its own.
                    try? execution.send(signal: .kill, toProcessGroup: true)
                    group.cancelAll()
                }
                return clock.now >= end
            }
            if Task.isCancelled { throw NoticeError.cancelled }
            if result.closureResult { throw NoticeError.program("program '\(name.shown())' ran for more than \(limit) and was ended") }
            if case .exited(0) = result.terminationStatus { return }
            throw NoticeError.program(ProgramCamera.sentence(name, result.terminationStatus, lines.last))
        } catch let error as NoticeError {
            throw error
        } catch let error as SubprocessError {
            let reason = error.code == .executableNotFound ? "there is no such program" : "\(error)".shown(limit: 200)
            throw Task.isCancelled ? .cancelled : .program("program '\(name.shown())' cannot be started: \(reason)")
        } catch {
            throw .cancelled
        }
    }

    private static let ending: [TeardownStep] = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: killDelay)]

    private var configuration: Configuration {
        let name = words.first ?? ""
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = Self.ending
        let added = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        return Configuration(
            executable: name.utf8.contains(UInt8(ascii: "/")) ? .path(.init(name)) : .name(name),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit.updating(Dictionary(added) { $1 }),
            platformOptions: options
        )
    }
}
