import MJPEG
import NIOCore

/// Reads the body of an answer as a stream, on the connection's event loop, and passes each frame on when it is whole.
///
/// A frame that comes before everyone was offered the one before is held back for a moment, and the bytes behind it with it:
/// cameras that send frames in bursts (VLC: five at once) would otherwise have most of them skipped.
final class StreamReading {
    /// A frame that waits, and the bytes behind it.
    private struct Held {
        let frame: Frame
        var input: ByteBuffer
        /// When it goes out in any case.
        let deadline: NIODeadline
    }

    /// The longest that a frame is held back. A burst needs well under one millisecond for each frame; a busy machine more.
    private static let maxHold = TimeAmount.milliseconds(20)
    /// How often it is looked whether the frame may go out.
    private static let holdInterval = TimeAmount.microseconds(100)

    /// How long a camera may be silent behind a single picture, before it is taken for one that has no stream.
    private static let maxWaitForSecond = TimeAmount.seconds(1)

    private let sink: FrameSink
    /// Called with the first frame.
    private let pictureCame: () -> Void
    private var hadFrames = false
    private let eventLoop: any EventLoop
    private var reader: StreamReader
    private var news: DescriptionNews
    private var held: Held?
    private var clock: StallClock?
    /// The time that the last frame had at the relay before us, and the last picture that went out as a live one.
    private var lastRepeat: Timestamp?
    private var lastPicture: ByteBuffer?
    /// Ends the wait for a second picture.
    private var timer: Scheduled<Void>?
    private var isOver = false
    /// Called at most once, on the event loop.
    private let ended: (CameraError) -> Void
    /// Nothing is held any more: the connection may be read again.
    private let resume: () -> Void

    /// Begins to watch for a stall. What comes is given to ``take(_:)``.
    init(
        _ reader: StreamReader, _ inquiry: Inquiry, eventLoop: any EventLoop, resume: @escaping () -> Void,
        ended: @escaping (CameraError) -> Void
    ) {
        self.reader = reader
        self.eventLoop = eventLoop
        self.resume = resume
        self.ended = ended
        sink = inquiry.sink
        pictureCame = inquiry.pictureCame
        news = DescriptionNews(told: reader)
        sink.connected(reader.description)
        let (own, told) = (inquiry.stallTimeout, reader.description.stallTimeout ?? .zero)
        clock = StallClock(
            eventLoop: eventLoop, stallTimeout: { max(own(), told) }, stalled: { [weak self] in self?.stalled(after: $0) })
    }

    /// Whether a frame is held back; nothing should be read from the camera meanwhile.
    var isHolding: Bool { held != nil }

    /// Takes what came, and keeps it for later while a frame is held back.
    func take(_ input: inout ByteBuffer) {
        guard !isOver else { return }
        if held != nil {
            // Read before the hold, decrypted after it.
            held?.input.writeBuffer(&input)
        } else {
            read(&input, mayHold: true)
        }
    }

    /// The connection has ended: all that came goes out at once.
    func connectionEnded() {
        release(mayHold: false)
        guard !isOver else { return }
        let frame = reader.finish()
        tell(isLast: true)
        if let frame { deliver(frame) }
        end(reader.endError)
    }

    /// Drops what is held and stops watching.
    func stop() {
        isOver = true
        held = nil
        timer?.cancel()
        clock?.stop()
        clock = nil
    }

    private func read(_ input: inout ByteBuffer, mayHold: Bool) {
        do throws(CameraError) {
            while let frame = try reader.next(&input) {
                tell()
                if mayHold, !sink.isSettled() {
                    held = Held(frame: frame, input: input, deadline: .now() + Self.maxHold)
                    awaitSettling()
                    return
                }
                deliver(frame)
            }
            tell(isLast: reader.isEnded)
            if reader.isEnded { return end(reader.endError) }
            if reader.seemsSinglePicture, timer == nil { awaitSecond() }
        } catch {
            end(error)
        }
    }

    private func tell(isLast: Bool = false) {
        if let description = news.next(reader, isLast: isLast) { sink.connected(description) }
    }

    private func deliver(_ frame: Frame) {
        if !hadFrames { pictureCame() }
        hadFrames = true
        // What a relay before us repeats or puts in shows that it lives, not that its camera does; but a repeat of a later time says
        // that its camera has confirmed the picture.
        switch frame.kind {
        case .live:
            clock?.beat()
            lastRepeat = frame.upstreamTimestamp
            lastPicture = frame.jpeg
        case .repeat:
            let time = frame.upstreamTimestamp
            defer { lastRepeat = time ?? lastRepeat }
            guard let last = lastRepeat, let time, time.microseconds > last.microseconds else { break }
            clock?.beat()
            if lastPicture == frame.jpeg { return sink.unchanged() }
            lastPicture = frame.jpeg
            return sink.frame(frame.live())
        case .placeholder: break
        }
        sink.frame(frame)
    }

    private func awaitSecond() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: Self.maxWaitForSecond) {
            let reading = bound.value
            if reading.held == nil, reading.reader.seemsSinglePicture { reading.end(.singlePicture) }
        }
    }

    private func awaitSettling() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.holdInterval) {
            let reading = bound.value
            guard let held = reading.held else { return }
            if reading.sink.isSettled() || held.deadline <= .now() {
                reading.release(mayHold: true)
                if !reading.isHolding { reading.resume() }
            } else {
                reading.awaitSettling()
            }
        }
    }

    /// Passes the held frame on and goes on with what came behind it.
    private func release(mayHold: Bool) {
        guard var released = held else { return }
        held = nil
        deliver(released.frame)
        read(&released.input, mayHold: mayHold)
    }

    private func stalled(after limit: Duration) {
        end(reader.endError == .singlePicture ? .singlePicture : .stalled(after: limit))
    }

    private func end(_ error: CameraError) {
        guard !isOver else { return }
        stop()
        ended(error)
    }
}

@available(*, unavailable) extension StreamReading: Sendable {}
