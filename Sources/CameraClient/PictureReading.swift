import MJPEG
import NIOCore

/// Reads the body of an answer for one picture, on the connection's event loop.
final class PictureReading {
    private let sink: FrameSink
    private let head: ResponseHead
    private let known: CameraDescription?
    /// The picture before, which is not passed on again.
    private let previous: Frame?
    private var reader: StreamReader
    private var picture: Frame?
    private var clock: StallClock?
    private var isOver = false
    /// Called at most once, on the event loop, with the answer and whether its connection may be asked again.
    private let ended: (Result<CameraAnswer, CameraError>, Bool) -> Void

    /// Begins to watch for a stall. What comes is given to ``take(_:)``.
    init(
        _ reader: StreamReader, head: ResponseHead, previous: Frame?, _ inquiry: Inquiry, eventLoop: any EventLoop,
        ended: @escaping (Result<CameraAnswer, CameraError>, Bool) -> Void
    ) {
        self.reader = reader
        self.head = head
        self.previous = previous
        self.ended = ended
        sink = inquiry.sink
        known = inquiry.known
        clock = StallClock(eventLoop: eventLoop, stallTimeout: inquiry.stallTimeout) { [weak self] in
            self?.end(.failure(.stalled(after: $0)))
        }
    }

    /// Takes what came.
    func take(_ input: inout ByteBuffer) {
        guard !isOver else { return }
        do throws(CameraError) {
            while let frame = try reader.next(&input) {
                picture = picture ?? frame
            }
        } catch {
            return end(.failure(error))
        }
        if reader.isEnded, picture == nil { picture = reader.finish() }
        if let picture, reader.isEnded || !reader.endsByItself {
            finish(picture, mayAskAgain: reader.isEnded && head.keepsConnection && input.readableBytes == 0)
        } else if reader.isEnded {
            end(.failure(reader.endError))
        }
    }

    /// The connection has ended: a picture that needed only that goes out.
    func connectionEnded() {
        guard !isOver else { return }
        if let picture = picture ?? reader.finish() {
            finish(picture, mayAskAgain: false)
        } else {
            end(.failure(reader.endError))
        }
    }

    /// Stops watching.
    func stop() {
        isOver = true
        clock?.stop()
        clock = nil
    }

    /// Passes the picture on, unless it is the one before.
    private func finish(_ picture: Frame, mayAskAgain: Bool) {
        let description = reader.description
        if known != description { sink.connected(description) }
        if previous?.jpeg == picture.jpeg {
            sink.unchanged()
        } else {
            sink.frame(picture)
        }
        end(.success(CameraAnswer(head: head, picture: picture, description: description)), mayAskAgain: mayAskAgain)
    }

    private func end(_ result: Result<CameraAnswer, CameraError>, mayAskAgain: Bool = false) {
        guard !isOver else { return }
        stop()
        ended(result, mayAskAgain)
    }
}

@available(*, unavailable) extension PictureReading: Sendable {}
