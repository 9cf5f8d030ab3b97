import CameraClient
import CameraURL
import Logging
import MJPEG
import NIOCore
import RelayConfiguration
import Synchronization
import Text

/// A named camera at run time: dials it, passes its frames to the hub, and dials again when it is gone.
///
/// ``run()`` is the one task that owns the connection; everything else reads. It may be cancelled and run anew with another
/// configuration: hub and viewers stay.
package final class Source: Sendable {
    /// How much longer than `connect_timeout` a snapshot waits for the first frame.
    static let snapshotPatience = Duration.seconds(5)

    package let name: String
    package let hub: Hub
    private let eventLoop: any EventLoop
    private let resolver: HostResolver
    private let claim: DescriptorClaim
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let settings: Mutex<(configuration: SourceConfiguration, secrets: Secrets)>
    private let current: Mutex<SourceStatus>
    private let machine: Mutex<SourceStateMachine>

    /// Makes a source that reads its camera on `eventLoop` and serves viewers on all of `eventLoops`.
    init(
        configuration: SourceConfiguration,
        eventLoop: any EventLoop,
        eventLoops: [any EventLoop],
        resolver: HostResolver,
        descriptors: Descriptors,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        name = configuration.name
        self.eventLoop = eventLoop
        self.resolver = resolver
        claim = DescriptorClaim(descriptors)
        self.clock = clock
        var logger = logger
        logger[metadataKey: "source"] = "\(configuration.name)"
        self.logger = logger
        hub = Hub(
            eventLoops: eventLoops, source: eventLoop, policy: LossPolicy(configuration), maxFPS: configuration.maxFPS)
        settings = Mutex((configuration, Secrets(configuration)))
        current = Mutex(SourceStatus(since: .now()))
        machine = Mutex(SourceStateMachine(backoff: Backoff(configuration)))
    }

    package var configuration: SourceConfiguration { settings.withLock { $0.configuration } }

    /// What must not show of its logins.
    var secrets: Secrets { settings.withLock { $0.secrets } }

    /// What is known of the source now.
    package var status: SourceStatus { current.withLock { $0 } }

    /// Takes over another configuration; true if the camera has to be dialled anew for it, by another ``run()``.
    package func use(_ new: SourceConfiguration) -> Bool {
        let old = settings.withLock { settings in
            defer { settings = (new, Secrets(new)) }
            return settings.configuration
        }
        hub.use(LossPolicy(new), maxFPS: new.maxFPS)
        guard old.needsAnotherUpstream(than: new) else {
            machine.withLock { $0.backoff = Backoff(new) }
            return false
        }
        // Another camera or login owes nothing to the failures of the old one.
        machine.withLock { $0 = SourceStateMachine(backoff: Backoff(new)) }
        return true
    }

    /// Keeps the camera connected, while it is wanted, until the task is cancelled.
    package func run() async {
        guard configuration.enabled else {
            change { $0.switchOff() }
            return
        }
        let (need, claim) = (configuration.descriptors, claim)
        defer { claim.release() }
        var camera = configuration.makeCamera(
            eventLoop: eventLoop, resolver: resolver, logger: logger, started: { claim.started(need) })
        while !Task.isCancelled {
            if configuration.onDemand, !isWanted {
                change { $0.rest() }
                await waitUntilWanted()
                continue
            }
            guard claim.take(need) else {
                await waitForDescriptors()
                continue
            }
            change { $0.dialing() }
            logger.debug("dialling")
            let failure = configuration.onDemand ? await streamWhileWanted(&camera) : await stream(&camera)
            claim.release()
            guard !Task.isCancelled, let failure else { continue }
            let retry = machine.withLock { $0.ended(failure, fraction: .random(in: 0...1)) }
            note(failure, retry)
            await rest(for: retry.wait)
        }
    }

    /// The newest frame for a snapshot: one that is fresh at once; of an on-demand source that is not connected, the first
    /// that comes in time. nil when there is none. Call it on `eventLoop`.
    func snapshot(on eventLoop: any EventLoop) -> EventLoopFuture<Hub.Newest?> {
        let configuration = configuration
        let isOnDemand = configuration.onDemand && configuration.enabled
        let frame: EventLoopFuture<Hub.Newest?>
        if isOnDemand { hub.demand.snapshotBegan() }
        if let newest = hub.newest, NIODeadline.now() - newest.arrival < TimeAmount(configuration.patience),
            !isOnDemand || status.state == .streaming
        {
            frame = eventLoop.makeSucceededFuture(newest)
        } else if isOnDemand {
            frame = hub.next(on: eventLoop, within: TimeAmount(configuration.connectTimeout + Self.snapshotPatience))
        } else {
            frame = eventLoop.makeSucceededFuture(nil)
        }
        if isOnDemand {
            let hold = TimeAmount(configuration.snapshotLinger)
            frame.whenComplete { _ in self.hub.demand.snapshotEnded(holdUntil: .now() + hold) }
        }
        return frame
    }

    // MARK: - The life of a connection

    private func stream(_ camera: inout any Camera) async -> CameraError? {
        let sink = FrameSink(
            connected: { description in self.current.withLock { $0.camera = description } },
            frame: { self.receive($0) },
            unchanged: { self.renew() },
            isSettled: { self.hub.isSettled }
        )
        do throws(CameraError) {
            try await camera.stream(to: sink)
            return .ended
        } catch {
            return error
        }
    }

    /// Reads the camera until it fails, or until nobody wants it: nil.
    private func streamWhileWanted(_ camera: inout any Camera) async -> CameraError? {
        enum Outcome: Sendable {
            case ended(any Camera, CameraError?)
            case unwanted
        }
        let start = camera
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                var camera = start
                let failure = await self.stream(&camera)
                return .ended(camera, failure)
            }
            group.addTask {
                await self.waitUntilUnwanted()
                return .unwanted
            }
            let first = await group.next()
            group.cancelAll()
            guard case .ended(let used, let failure)? = first else { return nil }
            camera = used
            return failure
        }
    }

    private var isWanted: Bool { hub.demand.isWanted(at: .now(), linger: TimeAmount(configuration.linger)) }

    private func waitUntilWanted() async {
        while !Task.isCancelled {
            let seen = hub.demand.changes.rings
            if isWanted { return }
            await hub.demand.changes.wait(beyond: seen)
        }
    }

    private func waitUntilUnwanted() async {
        while !Task.isCancelled {
            let seen = hub.demand.changes.rings
            guard let end = hub.demand.end(linger: TimeAmount(configuration.linger)) else {
                await hub.demand.changes.wait(beyond: seen)
                continue
            }
            let now = NIODeadline.now()
            if end <= now { return }
            try? await clock.sleep(for: .nanoseconds((end - now).nanoseconds))
        }
    }

    /// Waits before the next dial; a viewer who comes may end the wait.
    private func rest(for wait: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.clock.sleep(for: wait) }
            group.addTask {
                var seen = self.hub.demand.arrivals.rings
                while !Task.isCancelled {
                    await self.hub.demand.arrivals.wait(beyond: seen)
                    seen = self.hub.demand.arrivals.rings
                    if self.machine.withLock({ $0.wakes(at: .now()) }) { return }
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForDescriptors() async {
        current.withLock { $0.lastError = .connection(reason: "no more files may be opened; raise the limit of open files (ulimit -n)") }
        change { $0.holdBack() }
        try? await clock.sleep(for: DescriptorClaim.interval)
    }

    // MARK: - What comes from the camera

    /// Takes a frame from the camera, on the source's event loop.
    private func receive(_ frame: Frame) {
        let now = NIODeadline.now()
        guard frame.kind == .live else {
            hub.adopt(frame, at: now)
            return
        }
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

    /// The camera says that the newest picture still holds, on the source's event loop.
    private func renew() {
        let now = NIODeadline.now()
        hub.renew(at: now)
        if machine.withLock({ $0.frame(at: now) }) { showState() }
    }

    /// Moves the state machine and shows where it stands then.
    private func change(_ step: (inout SourceStateMachine) -> Void) {
        machine.withLock { step(&$0) }
        showState()
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
        let reason = secrets.hide(in: failure.description)
        let metadata: Logger.Metadata = ["reason": "\(reason)", "retry_in": "\(retry.wait.formattedSeconds)"]
        if !retry.isNews {
            logger.debug("still no picture", metadata: metadata)
        } else if retry.hadFrames {
            logger.warning("camera lost", metadata: metadata)
        } else {
            logger.warning("no picture from the camera", metadata: metadata)
        }
    }
}

extension Backoff {
    init(_ configuration: SourceConfiguration) {
        self.init(minimum: configuration.reconnectMin, maximum: configuration.reconnectMax)
    }
}
