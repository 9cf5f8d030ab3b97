import MJPEG
import NIOCore

/// Reads the body of an answer for one picture, on the connection's event loop.
///
/// A picture that is whole goes out even where the answer does not end as it should: where its length is too large, where parts
/// follow, where what stands behind it cannot be read. Only the connection is not used again then.
final class PictureReading {
    /// How long a whole picture waits for the end of its answer. A picture that has no end of image counts as whole when the camera has
    /// been silent for this long.
    private static let maxWaitForEnd = TimeAmount.milliseconds(250)

    private let sink: FrameSink
    private let head: ResponseHead
    private let known: CameraDescription?
    private let pictureCame: () -> Void
    /// The picture before, which is not passed on again.
    private let previous: Frame?
    private var reader: StreamReader
    private var picture: Frame?
    private var clock: StallClock?
    /// Watches that bytes keep coming, where there is time to ask once more.
    private var silenceClock: StallClock?
    /// Ends the wait behind a picture.
    private var timer: Scheduled<Void>?
    private var lastBytes = NIODeadline.now()
    private let eventLoop: any EventLoop
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
        self.eventLoop = eventLoop
        sink = inquiry.sink
        known = inquiry.known
        pictureCame = inquiry.pictureCame
        let stalled: (Duration) -> Void = { [weak self] in self?.end(.failure(.stalled(after: $0))) }
        clock = StallClock(eventLoop: eventLoop, stallTimeout: inquiry.stallTimeout, stalled: stalled)
        silenceClock = inquiry.maxSilence.map { limit in
            StallClock(eventLoop: eventLoop, stallTimeout: { limit }, stalled: stalled)
        }
    }

    /// Takes what came.
    func take(_ input: inout ByteBuffer) {
        guard !isOver else { return }
        lastBytes = .now()
        silenceClock?.beat()
        do throws(CameraError) {
            while let frame = try reader.next(&input) {
                picture = picture ?? frame
            }
        } catch {
            guard let picture else { return end(.failure(error)) }
            return finish(picture, mayAskAgain: false)
        }
        if reader.isEnded, !reader.mayGoOn, picture == nil { picture = reader.finish() }
        if let picture, reader.isEnded || !reader.endsByItself || reader.isMultipart {
            finish(picture, mayAskAgain: reader.isEnded && !reader.hasExcess && head.keepsConnection && input.readableBytes == 0)
        } else if reader.isEnded, !reader.mayGoOn {
            end(.failure(reader.endError))
        } else if timer == nil {
            awaitEnd()
        }
    }

    private func awaitEnd() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.maxWaitForEnd) { bound.value.lookForEnd() }
    }

    /// Gives the picture, if it is whole. A picture without an end of image may go on as long as bytes come.
    private func lookForEnd() {
        guard !isOver else { return }
        if let picture { return finish(picture, mayAskAgain: false) }
        if NIODeadline.now() - lastBytes >= Self.maxWaitForEnd {
            var copy = reader
            if let picture = copy.finish() {
                return finish(picture, mayAskAgain: reader.isEnded && !reader.hasExcess && head.keepsConnection)
            }
            if reader.isEnded { return end(.failure(reader.endError)) }
        }
        awaitEnd()
    }

    /// The connection has ended: a picture that waited for its end goes out.
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
        timer?.cancel()
        timer = nil
        clock?.stop()
        clock = nil
        silenceClock?.stop()
        silenceClock = nil
    }

    /// Passes the picture on, unless it is the same as the picture before.
    private func finish(_ picture: Frame, mayAskAgain: Bool) {
        pictureCame()
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
        if case .failure = result, reader.picturesDropped > 0 { sink.connected(reader.description) }
        stop()
        ended(result, mayAskAgain)
    }
}

@available(*, unavailable) extension PictureReading: Sendable {}
