import CameraClient
import CameraURL
import Logging
import MJPEG
import NIOCore
import RelayConfiguration
import Synchronization

/// A named camera at run time: dials it, passes its frames to the hub, and dials again when it is gone.
///
/// ``run()`` is the one task that owns the connection; everything else reads.
package final class Source: Sendable {
    package let configuration: SourceConfiguration
    package let hub: Hub
    private let eventLoop: any EventLoop
    private let resolver: HostResolver
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let current: Mutex<SourceStatus>
    private let machine: Mutex<SourceStateMachine>

    /// Makes a source that reads its camera on `eventLoop` and serves viewers on all of `eventLoops`.
    package init(
        configuration: SourceConfiguration,
        eventLoop: any EventLoop,
        eventLoops: [any EventLoop],
        resolver: HostResolver,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.resolver = resolver
        self.clock = clock
        var logger = logger
        logger[metadataKey: "source"] = "\(configuration.name)"
        self.logger = logger
        hub = Hub(eventLoops: eventLoops, maxFPS: configuration.maxFPS, source: eventLoop)
        current = Mutex(SourceStatus(since: .now()))
        machine = Mutex(
            SourceStateMachine(backoff: Backoff(minimum: configuration.reconnectMin, maximum: configuration.reconnectMax)))
    }

    package var name: String { configuration.name }

    /// What is known of the source now.
    package var status: SourceStatus { current.withLock { $0 } }

    /// Keeps the camera connected until the task is cancelled.
    package func run() async {
        var camera = makeCamera()
        let sink = FrameSink(
            connected: { description in self.current.withLock { $0.camera = description } },
            frame: { self.receive($0) }
        )
        while !Task.isCancelled {
            machine.withLock { $0.dialing() }
            showState()
            logger.debug("dialling")
            let failure: CameraError
            do throws(CameraError) {
                try await camera.stream(to: sink)
                failure = .ended
            } catch {
                failure = error
            }
            if Task.isCancelled { break }
            let retry = machine.withLock { $0.ended(failure, fraction: .random(in: 0...1)) }
            note(failure, retry)
            try? await clock.sleep(for: retry.wait)
        }
    }

    private func makeCamera() -> any Camera {
        switch configuration.upstream {
        case .camera(let url):
            HTTPCamera(
                settings: HTTPCamera.Settings(
                    url: url,
                    headers: configuration.headers.map { ($0.name, $0.value) },
                    connectTimeout: configuration.connectTimeout,
                    stallTimeout: configuration.stallTimeout,
                    maxFrameSize: configuration.maxFrameSize
                ),
                eventLoop: eventLoop,
                resolver: resolver
            )
        case .file(let path):
            FileCamera(
                path: path, framesPerSecond: configuration.fps, maxFrameSize: configuration.maxFrameSize, eventLoop: eventLoop)
        }
    }

    /// Takes a frame from the camera, on the source's event loop.
    private func receive(_ frame: Frame) {
        let now = NIODeadline.now()
        hub.publish(frame, at: now)
        let isFirst = machine.withLock { $0.frame(at: now) }
        current.withLock { status in
            status.framesReceived += 1
            status.bytesReceived += UInt64(frame.jpegLength)
            if isFirst { status.connects += 1 }
        }
        if isFirst {
            showState()
            logger.info("streaming", metadata: ["size": "\(frame.width)x\(frame.height)"])
        }
    }

    private func showState(nextDial: NIODeadline? = nil) {
        let state = machine.withLock { $0.state }
        current.withLock { status in
            if status.state != state {
                status.state = state
                status.since = .now()
            }
            status.nextDial = nextDial
        }
    }

    private func note(_ failure: CameraError, _ retry: SourceStateMachine.Retry) {
        current.withLock { $0.lastError = failure }
        showState(nextDial: .now() + TimeAmount(retry.wait))
        let metadata: Logger.Metadata = ["reason": "\(failure)", "retry_in": "\(retry.wait.formattedSeconds)"]
        if retry.isNews {
            logger.warning("camera lost", metadata: metadata)
        } else {
            logger.debug("camera still lost", metadata: metadata)
        }
    }
}
