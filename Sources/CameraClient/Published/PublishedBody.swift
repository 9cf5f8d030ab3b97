import MJPEG
import NIOCore
import Text

/// Reads the body of one request that publishes pictures, by the reader that cameras have; on the connection's event loop.
///
/// Taken as they are: multipart with a declared or learnt boundary, forms, JPEGs one behind the other; chunked, with a length, or up to
/// the connection's end.
package final class PublishedBody {
    /// How a body ended.
    package enum Ending: Equatable, Sendable {
        /// It came as a whole; frames that went out, and bytes that came behind it.
        case whole(frames: Int, bytesBehind: Int)
        /// The connection ended before the body did.
        case cut
        /// No frame came for so long.
        case stalled(after: Duration)
        /// A frame is larger than the source takes.
        case tooLarge
        /// It cannot be read; the text says why.
        case unreadable(String)
    }

    /// The longest wait for a first frame.
    package static let maxWaitForFirst = Duration.seconds(10)

    private var reading: StreamReading?
    private var frames = 0
    private let maxFrameSize: Int
    private let eventLoop: any EventLoop
    /// Called once.
    private let ended: (Ending) -> Void

    /// Begins to watch that frames come.
    ///
    /// - Parameters:
    ///   - fields: the request's header fields.
    ///   - secrets: the publisher's login.
    ///   - stallTimeout: the longest time between two whole frames; it may change meanwhile.
    ///   - resume: nothing is held any more, so the connection may be read again.
    ///   - ended: called once, on `eventLoop`.
    package init(
        fields: [(name: String, value: String)], maxFrameSize: Int, description: CameraDescription, hiding secrets: Secrets,
        to sink: FrameSink,
        stallTimeout: @escaping @Sendable () -> Duration, eventLoop: any EventLoop, resume: @escaping () -> Void,
        ended: @escaping (Ending) -> Void
    ) {
        self.maxFrameSize = maxFrameSize
        self.eventLoop = eventLoop
        self.ended = ended
        let head = ResponseHead(version: .http(major: 1, minor: 1), status: 200, reason: "", fields: fields)
        var known = description
        known.mediaType = head.first("Content-Type").map { CameraText($0, hiding: secrets) }
        known.boundary = CameraText(head.first("Content-Type"), hiding: secrets) { MediaType($0)?.boundary }
        let counter = NIOLoopBound(self, eventLoop: eventLoop)
        var counting = sink
        counting.frame = { frame in
            counter.value.frames += 1
            sink.frame(frame)
        }
        let stall: @Sendable () -> Duration = {
            // Asked for on the event loop only.
            counter.value.frames == 0 ? min(stallTimeout(), Self.maxWaitForFirst) : stallTimeout()
        }
        reading = StreamReading(
            StreamReader(request: head, maxFrameSize: maxFrameSize, hiding: secrets, description: known), to: counting, stallTimeout: stall,
            eventLoop: eventLoop, resume: resume, ended: { [weak self] in self?.end($0) })
    }

    /// Whether a frame is held back; nothing should be read from the connection meanwhile.
    package var isHolding: Bool { reading?.isHolding ?? false }

    /// Takes what came.
    package func take(_ input: inout ByteBuffer) { reading?.take(&input) }

    /// The connection brings nothing more.
    package func connectionEnded() { reading?.connectionEnded() }

    /// Drops what is held and tells nobody.
    package func stop() {
        reading?.stop()
        reading = nil
    }

    private func end(_ error: CameraError) {
        guard let reading else { return }
        let ending: Ending
        switch error {
        case .stalled(let limit): ending = .stalled(after: limit)
        case .unreadable(let reason) where reason == "\(AssemblyError.frameTooLarge(limit: maxFrameSize))": ending = .tooLarge
        case .unreadable(let reason): ending = .unreadable(reason)
        case .chunkSizeUnreadable, .trailersTooLarge: ending = .unreadable("the body's chunks cannot be read")
        default: ending = reading.isWhole ? .whole(frames: frames, bytesBehind: reading.bytesBehind) : .cut
        }
        stop()
        ended(ending)
    }
}

@available(*, unavailable) extension PublishedBody: Sendable {}
