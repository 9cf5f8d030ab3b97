import MJPEG
import NIOCore

/// Reads the body of an answer as a stream, on the connection's event loop, and passes each frame on when it is whole.
///
/// A frame that comes before everyone was offered the one before is held back for a moment, and the bytes behind it with it:
/// cameras that send frames in bursts (VLC: five at once) would otherwise have most of them skipped. Where that moment is not enough,
/// there is more to do than time for it: then the connection is read until it is empty, and only the last frame found goes out.
final class StreamReading {
    /// A frame that waits, and the bytes behind it.
    private struct Held {
        let frame: Frame
        var input: ByteBuffer
        /// When it goes out in any case.
        let deadline: NIODeadline
    }

    /// The longest that a frame is held back. A burst needs well under one millisecond for each frame; a busy machine more.
    private static let maxHold = TimeAmount.milliseconds(50)
    /// The time between two looks at whether the frame may go out.
    private static let holdInterval = TimeAmount.microseconds(100)

    /// How long a camera may be silent behind its first picture before it is taken for a camera that has no stream.
    private static let maxWaitForSecond = TimeAmount.seconds(1)

    /// So many bytes at once say that more are waiting.
    static let maxBytesAtOnce = 256 << 10

    private let sink: FrameSink
    /// Called with the first frame.
    private let pictureCame: () -> Void
    private var hadFrames = false
    private let eventLoop: any EventLoop
    private var reader: StreamReader
    private var news: DescriptionNews
    private var held: Held?
    /// Whether frames come faster than those who want them can be offered them.
    private var isOverloaded = false
    /// The last whole frame found meanwhile, and since when one waits.
    private var newest: (frame: Frame, since: NIODeadline)?
    /// Bytes that came since the connection was last read to a pause.
    private var bytesAtOnce = 0
    private var clock: StallClock?
    /// The time that the last frame had at the relay before us, and the last picture that went out as a live one.
    private var lastRepeat: Timestamp?
    private var lastPicture: ByteBuffer?
    /// Ends the wait for a second picture.
    private var timer: Scheduled<Void>?
    private var isOver = false
    private var hasConnectionEnded = false
    /// Bytes that came behind the body's end.
    private(set) var bytesBehind = 0
    /// Called at most once, on the event loop.
    private let ended: (CameraError) -> Void
    /// Nothing is held any more: the connection may be read again.
    private let resume: () -> Void

    /// Begins to watch for a stall. What comes is given to ``take(_:)``.
    init(
        _ reader: StreamReader, to sink: FrameSink, stallTimeout own: @escaping @Sendable () -> Duration, eventLoop: any EventLoop,
        pictureCame: @escaping () -> Void = {}, resume: @escaping () -> Void, ended: @escaping (CameraError) -> Void
    ) {
        self.reader = reader
        self.eventLoop = eventLoop
        self.resume = resume
        self.ended = ended
        self.sink = sink
        self.pictureCame = pictureCame
        news = DescriptionNews(told: reader)
        sink.connected(reader.description)
        let told = reader.description.stallTimeout ?? .zero
        clock = StallClock(
            eventLoop: eventLoop, stallTimeout: { max(own(), told) }, stalled: { [weak self] in self?.stalled(after: $0) })
    }

    /// Whether a frame is held back; nothing should be read from the camera meanwhile.
    var isHolding: Bool { held != nil }

    /// Whether the body has come as a whole, by its own framing or, where it has none, by the connection's end.
    var isWhole: Bool { reader.isEnded || (hasConnectionEnded && reader.endsWithConnection) }

    /// Takes what came, and keeps it for later while a frame is held back.
    func take(_ input: inout ByteBuffer) {
        guard !isOver else { return }
        bytesAtOnce += input.readableBytes
        if held != nil {
            // Read before the hold, decrypted after it.
            held?.input.writeBuffer(&input)
        } else {
            read(&input, holdingUntil: .now() + Self.maxHold)
        }
    }

    /// What was there has been taken: of frames that came while there was no time for them, the last one goes out.
    func tookAll() {
        let isAll = bytesAtOnce < Self.maxBytesAtOnce
        bytesAtOnce = 0
        guard let newest else { return }
        if isAll || .now() - newest.since > Self.maxHold { return giveNewest() }
        // What is waiting is read before this comes; nothing may be.
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.holdInterval) { bound.value.giveNewest() }
    }

    private func giveNewest() {
        guard let frame = newest?.frame else { return }
        newest = nil
        if sink.isSettled() { isOverloaded = false }
        deliver(frame)
    }

    /// The connection has ended: all that came goes out at once.
    func connectionEnded() {
        hasConnectionEnded = true
        release(mayHold: false)
        giveNewest()
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
        newest = nil
        timer?.cancel()
        clock?.stop()
        clock = nil
    }

    /// Reads frames from bytes whose frames may be held until `deadline`, counted from when they came; nil: none is held.
    private func read(_ input: inout ByteBuffer, holdingUntil deadline: NIODeadline?) {
        do throws(CameraError) {
            while let frame = try reader.next(&input) {
                tell()
                if isOverloaded, frame.kind == .live {
                    newest = (frame, newest?.since ?? .now())
                    continue
                }
                giveNewest()
                if let deadline, !sink.isSettled() {
                    held = Held(frame: frame, input: input, deadline: deadline)
                    awaitSettling()
                    return
                }
                deliver(frame)
            }
            tell(isLast: reader.isEnded)
            if reader.isEnded {
                giveNewest()
                bytesBehind = input.readableBytes
                while let frame = reader.finish() { deliver(frame) }
                return end(reader.endError)
            }
            if reader.seemsSinglePicture, timer == nil { awaitSecond() }
        } catch {
            giveNewest()
            tell(isLast: true)
            end(error)
        }
    }

    private func tell(isLast: Bool = false) {
        if let description = news.next(reader, isLast: isLast) { sink.connected(description) }
    }

    private func deliver(_ frame: Frame) {
        if !hadFrames { pictureCame() }
        hadFrames = true
        // The camera may itself be a relay. A frame that it repeats, and its placeholder, show that the relay lives, not that its camera
        // does. A repeat with a later time does: the camera behind the relay has confirmed the picture.
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
        let start = NIODeadline.now()
        sink.frame(frame)
        // Those on this loop are offered it at once.
        if .now() - start > Self.maxHold { isOverloaded = true }
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
            let isSettled = reading.sink.isSettled()
            if isSettled || held.deadline <= .now() {
                if !isSettled { reading.isOverloaded = true }
                reading.release(mayHold: true)
                reading.tookAll()
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
        read(&released.input, holdingUntil: mayHold ? released.deadline : nil)
    }

    private func stalled(after limit: Duration) {
        tell(isLast: true)
        end(reader.endError == .singlePicture ? .singlePicture : .stalled(after: limit))
    }

    private func end(_ error: CameraError) {
        guard !isOver else { return }
        stop()
        ended(error)
    }
}

@available(*, unavailable) extension StreamReading: Sendable {}
