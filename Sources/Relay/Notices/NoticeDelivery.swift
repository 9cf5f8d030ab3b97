import CameraClient
import CameraURL
import Logging
import NIOCore
import RelayConfiguration
import Text

/// Delivers one notice to the target of an entry of `notify`: by one run of a program, or by at most three tries of a POST.
struct NoticeDelivery: Sendable {
    /// The waits after the first and the second failed try.
    static let waits = [Duration.seconds(2), .seconds(8)]
    /// A receiver's longer `Retry-After` is cut to this.
    private static let maxRetryAfter = Duration.seconds(30)
    /// How long a notice waits for free descriptors before it is given up.
    private static let maxWaitForDescriptors = Duration.seconds(60)

    let entry: NotifyConfiguration
    let notice: Notice
    let descriptors: Descriptors
    let resolver: HostResolver
    let eventLoop: any EventLoop
    let clock: any Clock<Duration>
    let logger: Logger

    /// Delivers the notice; false if it did not arrive, which is logged.
    func bring() async -> Bool {
        let metadata: Logger.Metadata = ["source": "\(notice.source)", "state": "\(notice.state.rawValue)", "to": "\(entry.shownTarget)"]
        do throws(NoticeError) {
            switch entry.target {
            case .program(let words): try await run(words)
            case .url(let url): try await post(url)
            }
            logger.info("notified", metadata: metadata)
            return true
        } catch {
            if error == .cancelled { return false }
            let reason = entry.secrets.hide(in: "\(error)").shown(limit: Source.maxReasonLength)
            logger.warning("notification has not arrived", metadata: metadata.merging(["reason": "\(reason)"]) { $1 })
            return false
        }
    }

    private func run(_ words: [String]) async throws(NoticeError) {
        let (logger, secrets, name) = (logger, entry.secrets, notice.source)
        let program = NoticeProgram(words: words, environment: notice.environment)
        try await withDescriptors { (claim) throws(NoticeError) in
            try await program.run(
                log: { logger.debug("notify program says", metadata: ["source": "\(name)", "line": "\(secrets.hide(in: $0))"]) },
                started: { claim.started(NotifyConfiguration.programNeed) })
        }
    }

    private func post(_ url: CameraURL) async throws(NoticeError) {
        let post = NoticePost(
            url: url, headers: entry.headers.map { ($0.name, $0.value) }, json: notice.json, trust: entry.trust)
        for wait in Self.waits {
            do throws(NoticeError) {
                return try await withDescriptors { (_) throws(NoticeError) in try await post.send(on: eventLoop, resolver: resolver) }
            } catch {
                if error == .cancelled { throw error }
                logger.debug("notification is tried again", metadata: ["source": "\(notice.source)", "reason": "\(error)"])
                try await sleep(max(wait, min(error.retryAfter ?? .zero, Self.maxRetryAfter)))
            }
        }
        try await withDescriptors { (_) throws(NoticeError) in try await post.send(on: eventLoop, resolver: resolver) }
    }

    /// Runs `body` while it holds the descriptors that `body` needs.
    private func withDescriptors(_ body: (DescriptorClaim) async throws(NoticeError) -> Void) async throws(NoticeError) {
        let claim = DescriptorClaim(descriptors, isCamera: false)
        let end = NIODeadline.now() + TimeAmount(Self.maxWaitForDescriptors)
        while !claim.take(entry.need) {
            guard .now() < end else { throw .connection("no more files may be opened; raise the limit of open files (ulimit -n)") }
            try await sleep(DescriptorClaim.interval)
        }
        defer { claim.release() }
        try await body(claim)
    }

    private func sleep(_ time: Duration) async throws(NoticeError) {
        do { try await clock.sleep(for: time) } catch { throw .cancelled }
    }
}
