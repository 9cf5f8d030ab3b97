import NIOCore

/// Reads what stands behind the head of an answer that brings no picture, on the connection's event loop, so that the connection
/// may be asked again; not for long, since some cameras never end a refusal.
final class RefusalReading {
    /// The longest body that is read, in bytes.
    private static let maxLength = 64 << 10
    private static let maxWait = TimeAmount.milliseconds(500)

    private var body: BodyReader
    private var length = 0
    private var timer: Scheduled<Void>?
    private var isOver = false
    /// Called once, on the event loop; whether the connection may be asked again.
    private let ended: (Bool) -> Void

    /// What comes is given to ``take(_:)``.
    init(_ head: ResponseHead, eventLoop: any EventLoop, ended: @escaping (Bool) -> Void) {
        body = BodyReader(head: head)
        self.ended = ended
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.maxWait) { bound.value.end(mayAskAgain: false) }
    }

    /// Takes what came.
    func take(_ input: inout ByteBuffer) {
        guard !isOver else { return }
        do throws(CameraError) {
            while let piece = try body.next(&input) { length += piece.readableBytes }
        } catch {
            return end(mayAskAgain: false)
        }
        if body.isEnded {
            end(mayAskAgain: input.readableBytes == 0)
        } else if !body.endsByItself || length > Self.maxLength {
            end(mayAskAgain: false)
        }
    }

    /// The connection has ended.
    func connectionEnded() {
        end(mayAskAgain: false)
    }

    /// Stops reading.
    func stop() {
        isOver = true
        timer?.cancel()
        timer = nil
    }

    private func end(mayAskAgain: Bool) {
        guard !isOver else { return }
        stop()
        ended(mayAskAgain)
    }
}

@available(*, unavailable) extension RefusalReading: Sendable {}
