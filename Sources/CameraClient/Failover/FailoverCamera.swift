import NIOCore

/// Several addresses of one camera: the next one is read when one fails, and the first one again as soon as it works.
///
/// While another is read, the first is dialled beside it every `failback`, and takes over with its first frame, so that looking
/// for it costs no frame.
package struct FailoverCamera: Camera {
    /// The longest wait before an address that refused a login is dialled again: cameras lock accounts.
    static let maxRefusalWait = Duration.seconds(600)
    /// The first such wait.
    static let firstRefusalWait = Duration.seconds(30)

    private struct Refusal {
        var error: CameraError
        var until: NIODeadline
        var wait: Duration
    }

    private var cameras: [any Camera]
    private let failback: Duration
    private let eventLoop: any EventLoop
    private var refusals: [Int: Refusal] = [:]
    /// The one to be dialled next.
    private var current = 0

    /// Takes the cameras in the order of preference, at least one; all deliver on `eventLoop`.
    package init(_ cameras: [any Camera], failback: Duration, eventLoop: any EventLoop) {
        self.cameras = cameras
        self.failback = failback
        self.eventLoop = eventLoop
    }

    package mutating func stream(to sink: FrameSink) async throws(CameraError) {
        var errors: [CameraError] = []
        for _ in cameras.indices {
            let index = current
            current = (index + 1) % cameras.count
            if let refusal = refusals[index], refusal.until > .now() {
                errors.append(refusal.error)
                continue
            }
            let ended = await read(index, to: sink)
            if ended.error == .cancelled || Task.isCancelled { throw .cancelled }
            note(ended.error, of: ended.index)
            errors.append(ended.error)
            current = (ended.index + 1) % cameras.count
        }
        // A camera that may be back soon decides how soon they are all dialled again.
        throw errors.last { $0.kind == .failure || $0.kind == .stall } ?? errors.last ?? .noFrames
    }

    private mutating func note(_ error: CameraError, of index: Int) {
        guard error.kind == .login else {
            refusals[index] = nil
            return
        }
        let wait = min(Self.maxRefusalWait, refusals[index].map { $0.wait * 2 } ?? Self.firstRefusalWait)
        refusals[index] = Refusal(error: error, until: .now() + TimeAmount(wait), wait: wait)
    }

    /// Reads one camera until it fails, or until the first one, having taken over, fails.
    private mutating func read(_ index: Int, to sink: FrameSink) async -> (index: Int, error: CameraError) {
        guard index > 0 else { return (0, await Self.stream(&cameras[0], to: sink)) }
        let gate = FailbackGate(sink, eventLoop: eventLoop)
        let (first, other, failback, eventLoop) = (cameras[0], cameras[index], failback, eventLoop)
        let notBefore = refusals[0]?.until
        return await withTaskGroup(of: Ended.self) { group in
            group.addTask { await Self.readUntilReplaced(other, gate) }
            group.addTask { await Self.dialAgain(first, gate, every: failback, notBefore: notBefore, eventLoop: eventLoop) }
            defer { group.cancelAll() }
            while let ended = await group.next() {
                switch ended {
                case .replaced(let camera): cameras[index] = camera
                case .other(let camera, let error):
                    cameras[index] = camera
                    // Without frames of the first one, its search ends here.
                    return (index, error)
                case .first(let camera, let error):
                    cameras[0] = camera
                    return (0, error)
                }
            }
            return (index, .cancelled)
        }
    }

    private enum Ended: Sendable {
        case other(any Camera, CameraError)
        case replaced(any Camera)
        case first(any Camera, CameraError)
    }

    private static func stream(_ camera: inout any Camera, to sink: FrameSink) async -> CameraError {
        do throws(CameraError) {
            try await camera.stream(to: sink)
            return .ended
        } catch {
            return error
        }
    }

    private static func readUntilReplaced(_ camera: any Camera, _ gate: FailbackGate) async -> Ended {
        await withTaskGroup(of: Ended?.self) { group in
            group.addTask {
                var camera = camera
                let error = await stream(&camera, to: gate.other)
                gate.otherEnded()
                return gate.isOpen ? .replaced(camera) : .other(camera, error)
            }
            group.addTask {
                await gate.waitUntilDecided()
                return nil
            }
            var result = Ended.replaced(camera)
            while let ended = await group.next() {
                if let ended { result = ended }
                group.cancelAll()
            }
            return result
        }
    }

    /// Dials the first camera from time to time until it has brought frames and ended again.
    private static func dialAgain(
        _ camera: any Camera, _ gate: FailbackGate, every failback: Duration, notBefore: NIODeadline?, eventLoop: any EventLoop
    ) async -> Ended {
        var camera = camera
        var wait = failback
        var due = max(.now() + TimeAmount(failback), notBefore ?? .now())
        while true {
            do {
                try await eventLoop.wait(until: due)
            } catch {
                return .first(camera, .cancelled)
            }
            let error = await stream(&camera, to: gate.first)
            if gate.isOpen || Task.isCancelled { return .first(camera, error) }
            wait = error.kind == .login ? min(max(maxRefusalWait, failback), max(wait, firstRefusalWait) * 2) : failback
            due = .now() + TimeAmount(wait)
        }
    }
}
