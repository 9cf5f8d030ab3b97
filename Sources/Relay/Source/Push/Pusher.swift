import CameraClient
import CameraURL
import Logging
import NIOCore
import NIOWebSocket
import RelayConfiguration
import Text

/// Publishes a source to one other relay. After a loss it connects again, with the same back-off as for cameras.
final class Pusher: Sendable {
    let push: PushConfiguration
    let report = PushReport()
    private let task: Task<Void, Never>

    /// Begins to connect at once.
    init(_ push: PushConfiguration, of source: Source) {
        self.push = push
        let report = report
        task = Task { await Self.run(push, of: source, report) }
    }

    /// Ends the connection and all further attempts.
    func end() { task.cancel() }

    private static func run(_ push: PushConfiguration, of source: Source, _ report: PushReport) async {
        var machine = SourceStateMachine(backoff: Backoff(source.configuration))
        var secrets = Secrets()
        secrets.add(push.url)
        while !Task.isCancelled {
            machine.backoff = Backoff(source.configuration)
            machine.dialing(at: .now())
            report.change { values in
                values.state = .connecting
                values.nextDial = nil
                values.ending = nil
            }
            let (error, connected) = await serve(push, of: source, report)
            guard !Task.isCancelled else { return }
            // A connection that holds for a while is as good as frames that flow: the back-off begins anew.
            for time in [connected, connected.map { _ in .now() }].compactMap({ $0 }) { _ = machine.frame(at: time) }
            let retry = machine.ended(error, at: .now(), fraction: .random(in: 0...1))
            let state = machine.state
            report.change { values in
                values.state = state
                values.error = error
                values.nextDial = .now() + TimeAmount(retry.wait)
            }
            let metadata: Logger.Metadata = [
                "to": "\(push)", "reason": "\(secrets.hide(in: error.sentenceOfPush).shown(limit: Source.maxReasonLength))",
                "retry_in": "\(retry.wait.formattedSeconds)",
            ]
            if retry.isNews {
                source.logger.warning("not published", metadata: metadata)
            } else {
                source.logger.debug("still not published", metadata: metadata)
            }
            try? await source.clock.sleep(for: retry.wait)
        }
    }

    /// Connects, and returns when the connection has ended.
    private static func serve(
        _ push: PushConfiguration, of source: Source, _ report: PushReport
    ) async -> (CameraError, connected: NIODeadline?) {
        let configuration = source.configuration
        let trust: CertificateTrust =
            if let fingerprint = push.certificateFingerprint {
                .pinned(fingerprint)
            } else {
                push.verifiesCertificate ? .authorities : .anything
            }
        let dial = WebSocketDial(
            WebSocketDial.Settings(url: push.url, trust: trust, connectTimeout: configuration.connectTimeout, subprotocol: RelayWire.name),
            eventLoop: source.eventLoop, resolver: source.resolver)
        do throws(CameraError) {
            let channel = try await dial.open { channel in
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: RelayWire.maxTextBytes)))
                try pipeline.addHandler(PushHandler(source: source, push: push, report: report))
            }
            let connected = NIODeadline.now()
            report.change { values in
                values.state = .streaming
                values.error = nil
            }
            source.logger.info("published", metadata: ["to": "\(push)"])
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            return (report.values.ending ?? .connection(reason: "the other relay's connection ended"), connected)
        } catch {
            return (error, nil)
        }
    }
}

extension CameraError {
    /// The error's sentence for the status of a push.
    var sentenceOfPush: String {
        let text = description
        let word = "camera"
        return text.hasPrefix(word) ? "the other relay" + text.dropFirst(word.count) : text
    }
}
