import NIOCore
import Synchronization

/// Several addresses of one camera: the next one is read when one fails, and the first one again as soon as it works.
///
/// While another is read, the first is dialled beside it every `failback`, and takes over with its first frame, so that looking
/// for it costs no frame. Which one works, which ones have refused a login, and when the first is due again are remembered.
package final class FailoverCamera: Camera {
    /// The longest wait before an address that refused a login is dialled again: cameras lock accounts.
    static let maxRefusalWait = Duration.seconds(600)
    /// The first such wait.
    static let firstRefusalWait = Duration.seconds(30)

    private struct Refusal {
        var error: CameraError
        var until: NIODeadline
        var wait: Duration
    }

    private struct Memory {
        var failback: Duration
        /// The refused logins, by the place of their address.
        var refusals: [Int: Refusal] = [:]
        /// The address to be read next.
        var current = 0
        /// When the first address is dialled again while another is read; nil when the first was read last.
        var firstIsDue: NIODeadline?
    }

    private let cameras: [any Camera]
    private let eventLoop: any EventLoop
    private let memory: Mutex<Memory>

    /// Takes the cameras in the order of preference, at least one; all deliver on `eventLoop`.
    package init(_ cameras: [any Camera], failback: Duration, eventLoop: any EventLoop) {
        self.cameras = cameras
        self.eventLoop = eventLoop
        memory = Mutex(Memory(failback: failback))
    }

    /// Takes over how long another address is read before the first is dialled again; it holds from the next such dial on.
    package func use(failback: Duration) {
        memory.withLock { $0.failback = failback }
    }

    package func stream(to sink: FrameSink) async throws(CameraError) {
        var errors: [CameraError] = []
        for _ in cameras.indices {
            let (index, refusal) = memory.withLock { ($0.current, $0.refusals[$0.current]) }
            if let refusal, refusal.until > .now() {
                errors.append(refusal.error)
                move(on: index)
                continue
            }
            let ended = await read(index, to: sink)
            // When somebody watches again, reading goes on with this camera.
            memory.withLock { $0.current = ended.index }
            if ended.error == .cancelled || Task.isCancelled { throw .cancelled }
            note(ended.error, of: ended.index)
            errors.append(ended.error)
            move(on: ended.index)
        }
        // Where one of the cameras may be back soon, all of them are dialled again soon.
        throw errors.last { $0.kind == .failure || $0.kind == .stall } ?? errors.last ?? .noFrames
    }

    private func move(on index: Int) {
        memory.withLock { $0.current = (index + 1) % cameras.count }
    }

    private func note(_ error: CameraError, of index: Int) {
        memory.withLock { memory in
            guard error.kind == .login else {
                memory.refusals[index] = nil
                return
            }
            let wait = min(Self.maxRefusalWait, memory.refusals[index].map { $0.wait * 2 } ?? Self.firstRefusalWait)
            memory.refusals[index] = Refusal(error: error, until: .now() + TimeAmount(wait), wait: wait)
        }
    }

    private struct Ended: Sendable {
        let index: Int
        let error: CameraError
    }

    /// Reads one camera until it fails, or until the first one, having taken over, fails.
    private func read(_ index: Int, to sink: FrameSink) async -> Ended {
        guard index > 0 else {
            memory.withLock { $0.firstIsDue = nil }
            return await stream(0, to: sink)
        }
        let gate = FailbackGate(sink, eventLoop: eventLoop)
        return await withTaskGroup(of: Ended?.self) { group in
            group.addTask { await self.readUntilReplaced(index, gate) }
            group.addTask { await self.dialFirstAgain(gate) }
            defer { group.cancelAll() }
            while let ended = await group.next() {
                // Without frames of the first one, the end of the other is the end of the search too.
                if let ended { return ended }
            }
            return Ended(index: index, error: .cancelled)
        }
    }

    private func stream(_ index: Int, to sink: FrameSink) async -> Ended {
        do throws(CameraError) {
            try await cameras[index].stream(to: sink.of(alternative: index))
            return Ended(index: index, error: .ended)
        } catch {
            return Ended(index: index, error: error)
        }
    }

    /// Reads a camera until it ends, or until the first one takes over: nil.
    private func readUntilReplaced(_ index: Int, _ gate: FailbackGate) async -> Ended? {
        await withTaskGroup(of: Ended?.self) { group in
            group.addTask {
                let ended = await self.stream(index, to: gate.other)
                gate.otherEnded()
                return gate.isOpen ? nil : ended
            }
            group.addTask {
                await gate.waitUntilDecided()
                return nil
            }
            var result: Ended?
            while let ended = await group.next() {
                if let ended { result = ended }
                group.cancelAll()
            }
            return result
        }
    }

    /// Dials the first camera from time to time until it has brought frames and ended again; nil where it brought none.
    private func dialFirstAgain(_ gate: FailbackGate) async -> Ended? {
        while true {
            let due = memory.withLock { memory in
                let due = max(memory.firstIsDue ?? .now() + TimeAmount(memory.failback), memory.refusals[0]?.until ?? .distantPast)
                memory.firstIsDue = due
                return due
            }
            do {
                try await eventLoop.wait(until: due)
            } catch {
                return nil
            }
            let ended = await stream(0, to: gate.first)
            if gate.isOpen { return ended }
            // Still due where the dial was cut short: the next reader begins with it.
            if ended.error == .cancelled || Task.isCancelled { return nil }
            memory.withLock { $0.firstIsDue = nil }
            note(ended.error, of: 0)
        }
    }
}
