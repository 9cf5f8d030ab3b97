import CameraClient
import CameraURL
import Glibc
import Logging
import MJPEG
import NIOCore
import RelayConfiguration
import Synchronization
import Text

/// A named camera at run time: dials the camera, passes its frames to the hub, and dials again after a loss.
///
/// The task of ``run()`` owns the connection; everything else only reads. The task may be cancelled and started anew with another
/// configuration. Hub and viewers stay; the camera object stays too, with everything it has learnt, unless the configuration names another
/// camera.
package final class Source: Sendable {
    /// The most characters of a reason in the log.
    static let maxReasonLength = 300
    /// How much longer than `connect_timeout` a snapshot waits for the first frame.
    static let snapshotGrace = Duration.seconds(5)

    package let name: String
    package let hub: Hub
    let eventLoop: any EventLoop
    let resolver: HostResolver
    private let claim: DescriptorClaim
    let clock: any Clock<Duration>
    let logger: Logger
    private let settings: Mutex<(configuration: SourceConfiguration, secrets: Secrets)>
    private let camera: Mutex<SourceCamera>
    /// Lets the frames of the present camera through.
    private let gate: Mutex<FrameGate>
    let current: Mutex<SourceStatus>
    let machine: Mutex<SourceStateMachine>
    /// The relays that watch it here.
    let chain: RelayChain
    /// What the relay that it is read from said last of its own camera.
    let told = Mutex<SourceState?>(nil)
    /// The publishers, for a source that is published.
    let desk = PublisherDesk()
    /// The pushes of this source to other relays.
    let pushers = Mutex<[Pusher]>([])

    /// Makes a source that reads its camera on `eventLoop` and serves viewers on all of `eventLoops`.
    init(
        configuration: SourceConfiguration,
        eventLoop: any EventLoop,
        eventLoops: [any EventLoop],
        resolver: HostResolver,
        descriptors: Descriptors,
        chain: RelayChain = RelayChain(),
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
        hub.use(maxViewerRate: configuration.maxViewerRate)
        self.chain = chain
        settings = Mutex((configuration, Secrets(configuration)))
        camera = Mutex(SourceCamera(configuration, eventLoop: eventLoop, resolver: resolver, claim: claim, chain: chain, logger: logger))
        gate = Mutex(FrameGate())
        current = Mutex(SourceStatus(since: .now()))
        machine = Mutex(SourceStateMachine(backoff: Backoff(configuration)))
    }

    package var configuration: SourceConfiguration { settings.withLock { $0.configuration } }

    /// The logins of the source, which must not be shown.
    var secrets: Secrets { settings.withLock { $0.secrets } }

    /// The present state of the source.
    package var status: SourceStatus { current.withLock { $0 } }

    /// Takes over another configuration; true if the camera has to be dialled anew for it, by a new ``run()``.
    package func use(_ new: SourceConfiguration) -> Bool {
        let old = settings.withLock { settings in
            defer { settings = (new, Secrets(new)) }
            return settings.configuration
        }
        showHours()
        usePolicy()
        // A publisher whose login is no longer valid is ended. All publishers are ended where a camera is read instead.
        if old.publish?.password != new.publish?.password || !new.enabled { desk.endCurrent() }
        if let host = desk.current?.visitor.host, new.publish?.allows(host) == false { desk.endCurrent() }
        let isNewCamera = old.needsNewCamera(for: new)
        if isNewCamera {
            camera.withLock { $0 = SourceCamera(new, eventLoop: eventLoop, resolver: resolver, claim: claim, chain: chain, logger: logger) }
            current.withLock { $0.forgetCamera() }
        } else {
            camera.withLock { $0.use(new) }
        }
        if !new.enabled || !old.isSameCamera(as: new) { forgetPicture() }
        // A wait for the end of `linger` may have a new end.
        hub.demand.changes.ring()
        return machine.withLock { machine in
            machine.backoff = Backoff(new)
            // After a failed dial, a change that helps the next dial is a reason to dial now.
            guard old.needsNewDial(for: new) || (old.helpsNextDial(new) && machine.isFailing) else { return false }
            if isNewCamera {
                // The failures of the old camera or login do not count for the new one.
                machine = SourceStateMachine(backoff: Backoff(new))
            } else {
                machine.restart()
            }
            return true
        }
    }

    /// Keeps the camera connected while somebody wants it, until the task is cancelled.
    package func run() async {
        guard configuration.enabled else {
            change { $0.switchOff() }
            return
        }
        while !Task.isCancelled {
            let seen = hub.demand.changes.rings
            showHours()
            if status.closedUntil != nil {
                change { $0.close() }
                await waitForChange(beyond: seen, until: Self.nextMinute)
                continue
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.runWhileOpen() }
                group.addTask { await self.waitUntilClosed() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    private func runWhileOpen() async {
        let (need, claim) = (configuration.descriptors, claim)
        defer { claim.release() }
        guard let camera = camera.withLock({ $0.camera }) else { return await runPublished() }
        while !Task.isCancelled {
            if !isWanted {
                change { $0.sleep() }
                await waitUntilWanted()
                continue
            }
            if let wait = machine.withLock({ $0.refusalLeft(at: .now()) }) {
                showState(nextDial: .now() + TimeAmount(wait))
                await waitBeforeDial(wait)
                continue
            }
            guard claim.take(need) else {
                await waitForDescriptors()
                continue
            }
            change { $0.dialing(at: .now()) }
            logger.debug("dialling")
            let failure = await streamWhileWanted(camera)
            claim.release()
            guard !Task.isCancelled, let failure else { continue }
            let retry = machine.withLock { $0.ended(failure, at: .now(), fraction: .random(in: 0...1)) }
            note(failure, retry)
            await waitBeforeDial(retry.wait)
        }
    }

    /// The newest frame for a snapshot: at once if there is a fresh frame; from an on-demand source that is not connected, the first frame
    /// that comes in time; else nil. Call it on `eventLoop`.
    func snapshot(on eventLoop: any EventLoop) -> EventLoopFuture<Hub.Newest?> {
        let configuration = configuration
        let isOnDemand = (configuration.onDemand || desk.isOnDemand) && configuration.enabled && status.closedUntil == nil
        let frame: EventLoopFuture<Hub.Newest?>
        if isOnDemand { hub.demand.snapshotBegan() }
        if let newest = hub.newest, NIODeadline.now() - newest.arrival < hub.policy.stallTimeout,
            !isOnDemand || status.state == .streaming
        {
            frame = eventLoop.makeSucceededFuture(newest)
        } else if isOnDemand {
            frame = hub.next(on: eventLoop, within: TimeAmount(configuration.connectTimeout + Self.snapshotGrace))
        } else {
            frame = eventLoop.makeSucceededFuture(nil)
        }
        if isOnDemand {
            let hold = TimeAmount(configuration.snapshotLinger)
            frame.whenComplete { _ in self.hub.demand.snapshotEnded(holdUntil: .now() + hold) }
        }
        return frame
    }

    // MARK: - Hours

    /// Checks whether the source is open now, and shows the result.
    private func showHours() {
        let (configuration, now) = (configuration, WallClock.now.tv_sec)
        var opening: String?
        if let hours = configuration.hours, configuration.enabled, !hours.isOpen(at: WallClock.moment(at: now)) {
            opening = WallClock.opening(of: hours, after: now) ?? "further notice"
        }
        let old = current.withLock { status in
            defer { status.closedUntil = opening }
            return status.closedUntil
        }
        guard old != opening else { return }
        usePolicy()
        if let opening, old == nil {
            forgetPicture()
            desk.endCurrent()
            logger.info("closed", metadata: ["until": "\(opening)"])
        } else if opening == nil {
            logger.info("open")
        }
    }

    private func waitUntilClosed() async {
        while !Task.isCancelled {
            let seen = hub.demand.changes.rings
            showHours()
            if status.closedUntil != nil { return }
            await waitForChange(beyond: seen, until: configuration.hours == nil ? nil : Self.nextMinute)
        }
    }

    /// When the wall clock shows the next minute. Nobody waits longer than that, because the clock may be set meanwhile.
    private static var nextMinute: NIODeadline {
        let now = WallClock.now
        return .now() + .nanoseconds(Int64(60 - now.tv_sec % 60) * 1_000_000_000 - Int64(now.tv_nsec) + 1_000_000)
    }

    // MARK: - The life of a connection

    private func stream(_ camera: any Camera) async -> CameraError? {
        let gate = gate.withLock { $0 }
        let sink = FrameSink(
            connected: { if gate.isOpen { self.learn($0) } },
            frame: { if gate.isOpen { self.receive($0) } },
            unchanged: { if gate.isOpen { self.renew() } },
            isSettled: { self.hub.isSettled },
            told: { state, error in if gate.isOpen { self.take(told: state, error) } },
            ended: { if gate.isOpen { self.note($0) } }
        )
        told.withLock { $0 = nil }
        do throws(CameraError) {
            try await camera.stream(to: sink)
            return .ended
        } catch {
            return error
        }
    }

    /// Reads the camera until it fails, and returns the error; nil when nobody wants the camera any more.
    private func streamWhileWanted(_ camera: any Camera) async -> CameraError? {
        await withTaskGroup(of: CameraError?.self) { group in
            group.addTask { await self.stream(camera) }
            group.addTask {
                await self.waitUntilUnwanted()
                return nil
            }
            var failure: CameraError?
            while let ended = await group.next() {
                // A camera that fails while the last viewer leaves counts as failed.
                if let ended, ended != .cancelled { failure = ended }
                group.cancelAll()
            }
            return failure
        }
    }

    /// Whether the camera should be connected now.
    private var isWanted: Bool {
        let configuration = configuration
        return !configuration.onDemand || hub.demand.isWanted(at: .now(), linger: TimeAmount(configuration.linger))
    }

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
            let configuration = configuration
            let end = configuration.onDemand ? hub.demand.end(linger: TimeAmount(configuration.linger)) : nil
            if let end, end <= .now() { return }
            await waitForChange(beyond: seen, until: end)
        }
    }

    /// Waits until a viewer comes or goes, the configuration changes, or the time `due` has come.
    func waitForChange(beyond seen: UInt64, until due: NIODeadline?) async {
        guard let due else { return await hub.demand.changes.wait(beyond: seen) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.clock.sleep(for: .nanoseconds((due - .now()).nanoseconds)) }
            group.addTask { await self.hub.demand.changes.wait(beyond: seen) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits before the next dial; a new viewer may end the wait.
    private func waitBeforeDial(_ wait: Duration) async {
        guard wait > .zero else { return }
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

    /// Drops the newest picture, and all frames that may still come from the present camera.
    private func forgetPicture() {
        gate.withLock { gate in
            gate.close()
            gate = FrameGate()
        }
        hub.forget()
        // A frame may have passed the gate before the gate closed. Here that frame has reached the hub, and no frame of another camera has.
        eventLoop.execute { self.hub.forget() }
    }

    private func waitForDescriptors() async {
        current.withLock { $0.lastError = .connection(reason: "no more files may be opened; raise the limit of open files (ulimit -n)") }
        change { $0.holdBack() }
        try? await clock.sleep(for: DescriptorClaim.interval)
    }

    // MARK: - What comes from the camera

    /// Sets the hub's policy from the configuration. A camera that is a relay may get a longer stall timeout.
    func usePolicy() {
        let configuration = configuration
        var policy = LossPolicy(configuration, closedUntil: status.closedUntil)
        if let told = status.camera?.stallTimeout { policy.stallTimeout = max(policy.stallTimeout, TimeAmount(told)) }
        hub.use(policy, maxFPS: configuration.maxFPS)
        hub.use(maxViewerRate: configuration.maxViewerRate)
    }

    /// Takes the camera's description of itself, on the source's event loop.
    func learn(_ description: CameraDescription) {
        let (wasPolled, isOtherLimit) = current.withLock { status in
            defer { status.camera = description }
            return (status.camera?.isPolledUnasked ?? false, status.camera?.stallTimeout != description.stallTimeout)
        }
        if isOtherLimit { usePolicy() }
        use(alternative: description.alternative)
        if description.isPolledUnasked, !wasPolled {
            logger.info("camera has no stream, only single pictures; asking for one every second ('interval' sets another pace)")
        }
    }

    /// Takes a frame from the camera, on the source's event loop.
    func receive(_ frame: Frame) {
        let now = NIODeadline.now()
        guard frame.kind == .live else {
            hub.adopt(frame, at: now)
            noteAdopted()
            return
        }
        hub.publish(frame, at: now)
        let (isFirst, isWellAgain) = machine.withLock { ($0.frame(at: now), $0.isWellAgain(at: now)) }
        current.withLock { status in
            status.framesReceived += 1
            status.bytesReceived += UInt64(frame.jpegLength)
            if isFirst { status.connects += 1 }
        }
        if isFirst { showState() }
        if isWellAgain { logger.info("streaming", metadata: ["size": "\(frame.width)x\(frame.height)"]) }
    }

    /// The camera says that the newest picture is unchanged; called on the source's event loop.
    func renew() {
        let now = NIODeadline.now()
        hub.renew(at: now)
        if machine.withLock({ $0.frame(at: now) }) { showState() }
    }

    /// Changes the state machine and shows its new state.
    func change(_ step: (inout SourceStateMachine) -> Void) {
        machine.withLock { step(&$0) }
        showState()
    }

    func showState(nextDial: NIODeadline? = nil) {
        let state = machine.withLock { $0.state }
        current.withLock { status in
            if status.state != state {
                status.state = state
                status.since = .now()
            }
            status.nextDial = nextDial
        }
    }

    /// Notes how an attempt at one of the addresses ended; any thread may call it. With several addresses, each change is logged once. When
    /// the address that was read fails, there are no pictures until another address brings some.
    private func note(_ attempt: Attempt) {
        let (known, wasInUse) = current.withLock { status in
            let known = status.attempts.updateValue(attempt, forKey: attempt.alternative)
            let wasInUse = status.alternative == attempt.alternative && attempt.error != .cancelled
            if wasInUse { (status.alternative, status.lastError) = (nil, attempt.error) }
            return (known, wasInUse)
        }
        let upstreams = configuration.upstreams
        guard upstreams.count > 1, attempt.error != .cancelled, upstreams.indices.contains(attempt.alternative) else { return }
        if wasInUse { change { $0.addressEnded(attempt.error) } }
        guard known?.error.code != attempt.error.code || known?.hadFrames != attempt.hadFrames else { return }
        let reason = secrets.hide(in: attempt.error.description).shown(limit: Self.maxReasonLength)
        logger.warning(
            "an address of the camera fails", metadata: ["address": "\(upstreams[attempt.alternative].shown)", "reason": "\(reason)"])
    }

    /// Notes the address from which the pictures come; called on the source's event loop.
    private func use(alternative: Int) {
        let last = current.withLock { status in
            defer { (status.alternative, status.lastAlternative) = (alternative, alternative) }
            return status.lastAlternative ?? 0
        }
        let upstreams = configuration.upstreams
        guard last != alternative, upstreams.indices.contains(alternative) else { return }
        logger.info("camera is read at another address", metadata: ["address": "\(upstreams[alternative].shown)"])
    }

    private func note(_ failure: CameraError, _ retry: SourceStateMachine.Retry) {
        current.withLock { ($0.lastError, $0.alternative) = (failure, nil) }
        showState(nextDial: .now() + TimeAmount(retry.wait))
        let reason = secrets.hide(in: failure.description).shown(limit: Self.maxReasonLength)
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
