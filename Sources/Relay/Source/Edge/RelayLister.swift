import CameraClient
import CameraURL
import Logging
import NIOCore
import NIOWebSocket
import RelayConfiguration
import Synchronization
import Text

/// Hears from one other relay which sources it has, for as long as it runs: connects, and connects again.
final class RelayLister: Sendable {
    /// How it stands.
    struct Report: Sendable {
        var isConnected = false
        /// Why the last connection ended, as an operator may see it.
        var reason: String?
        /// The sources that appear here.
        var sources = 0
        /// Names that are taken here already.
        var takenNames: [String] = []
    }

    let relay: MirroredRelay
    private let state = Mutex(Report())
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ relay: MirroredRelay) {
        self.relay = relay
    }

    var report: Report { state.withLock { $0 } }

    func change(_ body: (inout Report) -> Void) { state.withLock { body(&$0) } }

    /// Begins; `take` is given each list.
    func start(
        via: String, eventLoop: any EventLoop, resolver: HostResolver, clock: any Clock<Duration>, logger: Logger,
        take: @escaping @Sendable ([ListedSource]) async -> Void
    ) {
        let new = Task { await run(via: via, eventLoop: eventLoop, resolver: resolver, clock: clock, logger: logger, take: take) }
        task.withLock { $0 = new }
    }

    /// Ends it.
    func end() { task.withLock { $0 }?.cancel() }

    private func run(
        via: String, eventLoop: any EventLoop, resolver: HostResolver, clock: any Clock<Duration>, logger: Logger,
        take: @escaping @Sendable ([ListedSource]) async -> Void
    ) async {
        var logger = logger
        logger[metadataKey: "relay"] = "\(relay.name)"
        var secrets = Secrets()
        for url in relay.urls { secrets.add(url) }
        var (place, failures, toldCode) = (0, 0, nil as String?)
        while !Task.isCancelled {
            let (lists, feed) = AsyncStream<[ListedSource]>.makeStream(bufferingPolicy: .bufferingNewest(1))
            let begun = NIODeadline.now()
            let consumer = Task { for await list in lists { await take(list) } }
            let error = await listen(to: relay.urls[place % relay.urls.count], via: via, eventLoop, resolver, feed, logger)
            feed.finish()
            await consumer.value
            guard !Task.isCancelled else { return }
            failures = report.isConnected ? 0 : failures + 1
            let reason = secrets.hide(in: error.sentenceOfPush).shown(limit: Source.maxReasonLength)
            change { report in
                report.isConnected = false
                report.reason = reason
            }
            if toldCode != error.code || failures == 0 {
                logger.warning("the other relay's sources are not known", metadata: ["reason": "\(reason)"])
            }
            toldCode = error.code
            place += 1
            // A login that was refused is not guessed again and again.
            let wait: Duration =
                error.kind == .login ? .seconds(30) : failures == 0 ? .milliseconds(200) : min(.milliseconds(300) * failures, .seconds(5))
            let spent = Duration.nanoseconds((NIODeadline.now() - begun).nanoseconds)
            try? await clock.sleep(for: error.kind == .login ? wait : max(.milliseconds(200), wait - spent))
        }
    }

    private func listen(
        to url: CameraURL, via: String, _ eventLoop: any EventLoop, _ resolver: HostResolver,
        _ feed: AsyncStream<[ListedSource]>.Continuation, _ logger: Logger
    ) async -> CameraError {
        let trust: CertificateTrust =
            if let fingerprint = relay.certificateFingerprint {
                .pinned(fingerprint)
            } else {
                relay.verifiesCertificate ? .authorities : .anything
            }
        var asked = WebSocketDial.Settings(
            url: MirroredRelay.address(url, "/ws"), trust: trust, connectTimeout: relay.defaults.connectTimeout,
            subprotocol: ListedSource.protocolName)
        asked.headers = [("Via", via)]
        asked.lack = "is no relay that tells of its sources"
        let ending = RelayCamera.Ending()
        do throws(CameraError) {
            let channel = try await WebSocketDial(asked, eventLoop: eventLoop, resolver: resolver).open { channel in
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: ListedSource.maxTextBytes)))
                try pipeline.addHandler(ListReader(ending) { feed.yield($0) })
            }
            change { report in
                report.isConnected = true
                report.reason = nil
            }
            logger.info("the other relay tells of its sources", metadata: ["address": "\(url.bracketedHost):\(url.port)"])
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            return ending.error ?? .connection(reason: "the other relay's connection ended")
        } catch {
            return error
        }
    }
}
