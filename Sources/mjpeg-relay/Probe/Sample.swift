import CameraClient
import CameraURL
import MJPEG
import NIOCore
import NIOPosix
import Synchronization
import Text

/// The frames and answers that some seconds at one camera address brought.
struct Sample: Sendable {
    /// The answers' heads, with the address of each, in order.
    var answers: [(head: ResponseHead, url: CameraURL)] = []
    var description: CameraDescription?
    var frames = 0
    /// Bytes of all frames.
    var bytes = 0
    var width = 0
    var height = 0
    var firstFrame: NIODeadline?
    var lastFrame: NIODeadline?
    /// Why the camera's stream ended; nil where the sample was complete before.
    var error: CameraError?

    /// Frames per second; nil below two frames.
    var rate: Double? {
        guard let firstFrame, let lastFrame, frames > 1, lastFrame > firstFrame else { return nil }
        return Double(frames - 1) * 1e9 / Double((lastFrame - firstFrame).nanoseconds)
    }

    /// Whether the camera gave one picture and will give no more on its own.
    var isSinglePicture: Bool { frames > 0 && error == .singlePicture }

    /// The scheme and algorithm of each login that the camera offered.
    func logins(hiding secrets: Secrets) -> CameraText {
        let asking = answers.first { $0.head.status == 401 }
        return asking.map { Challenge.shown($0.head.all("WWW-Authenticate"), hiding: secrets) } ?? ""
    }

    /// How long to look, and how long to wait for the first frame.
    struct Limits {
        var connect = Duration.seconds(5)
        var firstFrame = Duration.seconds(10)
        /// Counted from the first frame.
        var length = Duration.seconds(4)
        var frames = 200
    }

    private final class Gatherer: Sendable {
        let sample = Mutex(Sample())
        private let enough: EventLoopPromise<Void>
        private let isOver = Atomic(false)

        init(eventLoop: any EventLoop) {
            enough = eventLoop.makePromise()
        }

        /// Ends the wait; only the first call counts.
        func finish() {
            if !isOver.exchange(true, ordering: .relaxed) { enough.succeed() }
        }

        func wait() async {
            try? await enough.futureResult.get()
        }
    }

    /// Reads a camera once, until the sample is complete or the stream ends.
    static func take(
        _ url: CameraURL, trust: CertificateTrust = .authorities, allowsOtherOrigin: Bool = false, limits: Limits = Limits(),
        resolver: HostResolver
    ) async -> Sample {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let gatherer = Gatherer(eventLoop: eventLoop)
        let settings = HTTPCamera.Settings(
            url: url, connectTimeout: limits.connect, stallTimeout: limits.firstFrame, maxFrameSize: 64 << 20, trust: trust,
            allowsOtherOrigin: allowsOtherOrigin,
            observer: { head, url in gatherer.sample.withLock { $0.answers.append((head, url)) } })
        let sink = FrameSink(
            connected: { description in gatherer.sample.withLock { $0.description = description } },
            frame: { frame in
                let count = gatherer.sample.withLock { sample in
                    sample.add(frame)
                    return sample.frames
                }
                if count == 1 { eventLoop.scheduleTask(in: TimeAmount(limits.length)) { gatherer.finish() } }
                if count >= limits.frames { gatherer.finish() }
            })
        let error = await withTaskGroup(of: CameraError?.self) { group in
            group.addTask {
                defer { gatherer.finish() }
                let camera = HTTPCamera(settings: settings, eventLoop: eventLoop, resolver: resolver)
                do throws(CameraError) {
                    try await camera.stream(to: sink)
                    return .ended
                } catch {
                    return error
                }
            }
            group.addTask {
                await gatherer.wait()
                return nil
            }
            var result: CameraError?
            while let ended = await group.next() {
                if let ended, ended != .cancelled { result = ended }
                group.cancelAll()
            }
            return result
        }
        var sample = gatherer.sample.withLock { $0 }
        sample.error = error
        // A single picture whose connection stays open looks like a slow stream.
        let isPicture = sample.answers.last?.head.mediaType?.isJPEG == true
        if sample.frames == 1, isPicture, error == nil { sample.error = .singlePicture }
        return sample
    }

    private mutating func add(_ frame: Frame) {
        let now = NIODeadline.now()
        if firstFrame == nil { firstFrame = now }
        lastFrame = now
        frames += 1
        bytes += frame.jpegLength
        (width, height) = (frame.width, frame.height)
    }
}
