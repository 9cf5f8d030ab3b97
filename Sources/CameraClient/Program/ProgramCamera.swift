import MJPEG
import NIOCore
import Subprocess
import Synchronization
import Text

/// A program that plays a camera: its standard output is a multipart stream or JPEGs one behind the other.
///
/// It is started with no shell in between and in a process group of its own, and never outlives its connection: TERM to the
/// group, and KILL after ``killDelay``.
package final class ProgramCamera: Camera {
    /// What a program needs to know.
    package struct Settings: Sendable {
        /// The program (a name that is looked for in PATH, or a path) and its arguments.
        package var words: [String]
        /// The longest time between two whole frames, and until the first.
        package var stallTimeout: Duration
        /// In bytes of JPEG.
        package var maxFrameSize: Int
        /// What must not show of the logins in `words`.
        package var secrets = Secrets()
        /// Takes each line of standard error, cut and cleaned.
        package var log: @Sendable (String) -> Void
        /// Called when the program has been started, which takes more descriptors than reading it.
        package var started: @Sendable () -> Void

        package init(
            words: [String], stallTimeout: Duration, maxFrameSize: Int, log: @escaping @Sendable (String) -> Void,
            started: @escaping @Sendable () -> Void = {}
        ) {
            self.words = words
            self.stallTimeout = stallTimeout
            self.maxFrameSize = maxFrameSize
            self.log = log
            self.started = started
        }
    }

    /// How long a program may take to end before it is killed.
    static let killDelay = Duration.seconds(2)

    private let current: Mutex<Settings>
    /// What was odd so far, as the sink was told.
    private let oddities = Mutex(Oddities())
    private let eventLoop: any EventLoop

    /// Makes a camera whose frames are delivered on `eventLoop`.
    package init(settings: Settings, eventLoop: any EventLoop) {
        current = Mutex(settings)
        self.eventLoop = eventLoop
    }

    private var settings: Settings { current.withLock { $0 } }

    /// Takes over settings for the same program: the stall timeout at once, the rest at the next start.
    package func use(_ settings: Settings) {
        current.withLock { $0 = settings }
    }

    package func stream(to sink: FrameSink) async throws(CameraError) {
        try await sink.attempt { (sink) throws(CameraError) in try await read(to: sink) }
    }

    private func read(to sink: FrameSink) async throws(CameraError) {
        let name = settings.words.first ?? ""
        let lines = ErrorLines(hiding: settings.secrets, log: settings.log)
        let mark = StartedPrograms.all.mark()
        let settings = settings
        defer { withExtendedLifetime(mark) {} }
        do {
            let result = try await run(
                configuration, input: .none, output: .sequence, error: .sequence
            ) { execution in
                mark.started(execution.processIdentifier.value)
                settings.started()
                let ending = await self.play(execution, to: sink, lines)
                // A program that has closed its output may be about to end by itself, with a status that says why.
                let ownEnd: [TeardownStep] =
                    ending == nil ? [.send(signal: Signal(rawValue: 0), allowedDurationToNextStep: .milliseconds(500))] : []
                await execution.teardown(using: ownEnd + Self.ending)
                // The leader is not reaped yet, so the group's number is still its own: what it left behind goes too.
                try? execution.send(signal: .kill, toProcessGroup: true)
                return ending
            }
            // Ended by us, the program's own status says nothing.
            if Task.isCancelled { throw CameraError.cancelled }
            if let error = result.closureResult { throw error }
            throw CameraError.program(reason: Self.sentence(name, result.terminationStatus, lines.last))
        } catch let error as CameraError {
            throw error
        } catch let error as SubprocessError {
            let reason =
                error.code == .executableNotFound
                ? "there is no such program" : CameraText("\(error)", hiding: settings.secrets, limit: 200).shown
            throw Task.isCancelled ? .cancelled : .program(reason: "program '\(name.shown())' cannot be started: \(reason)")
        } catch {
            throw .cancelled
        }
    }

    private static let ending: [TeardownStep] = [
        .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: killDelay)
    ]

    private var configuration: Configuration {
        let name = settings.words.first ?? ""
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = Self.ending
        return Configuration(
            executable: name.utf8.contains(UInt8(ascii: "/")) ? .path(.init(name)) : .name(name),
            arguments: Arguments(Array(settings.words.dropFirst())),
            platformOptions: options
        )
    }

    /// Passes frames on until the program ends (nil), stalls, or sends what is no stream.
    private func play(
        _ execution: Execution<NoInput, SequenceOutput, SequenceOutput>, to sink: FrameSink, _ lines: ErrorLines
    ) async -> CameraError? {
        let pulse = Pulse(eventLoop: eventLoop) { self.settings.stallTimeout }
        return await withTaskGroup(of: CameraError??.self) { group in
            group.addTask { .some(await self.read(execution.standardOutput, to: sink, pulse)) }
            group.addTask { .some(await pulse.stalled()) }
            group.addTask {
                do {
                    for try await piece in execution.standardError {
                        piece.withUnsafeBytes { lines.take($0) }
                    }
                } catch {}
                return nil
            }
            defer { group.cancelAll() }
            while let ended = await group.next() {
                if let ended { return ended }
            }
            return nil
        }
    }

    private func read(_ output: SubprocessOutputSequence, to sink: FrameSink, _ pulse: Pulse) async -> CameraError? {
        var assembler = FrameAssembler(layout: .detect, maxFrameSize: settings.maxFrameSize)
        var shown: CameraDescription?
        let before = oddities.withLock { $0 }
        do {
            for try await piece in output {
                var bytes = piece.withUnsafeBytes { ByteBuffer(bytes: $0) }
                while let frame = try assembler.append(&bytes, timestamp: .now()) {
                    pulse.beat()
                    var known = CameraDescription(
                        learntBoundary: assembler.learntBoundary.map { CameraText($0, hiding: settings.secrets) })
                    let odd = before.adding(assembler)
                    known.take(odd)
                    oddities.withLock { $0 = odd }
                    let description = shown == known ? nil : known
                    shown = known
                    for _ in 0..<20 where !sink.isSettled() {
                        try await eventLoop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
                    }
                    // Waited for, so that a fast program cannot pile up frames before a busy loop.
                    try await eventLoop.submit {
                        if let description { sink.connected(description) }
                        sink.frame(frame)
                    }.get()
                }
            }
            return nil
        } catch let error as AssemblyError {
            return .unreadable(reason: "\(error)")
        } catch {
            return Task.isCancelled ? .cancelled : nil
        }
    }

    static func sentence(_ name: String, _ status: TerminationStatus, _ lastLine: String?) -> String {
        let how =
            switch status {
            case .exited(0): "ended"
            case .exited(let code): "ended with status \(code)"
            case .signaled(let signal): "was ended by signal \(signal)"
            }
        return "program '\(name.shown())' \(how)" + (lastLine.map { ": \($0)" } ?? "")
    }
}
