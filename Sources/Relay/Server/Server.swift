import Logging
import MJPEG
import NIOCore
import NIOHTTP1
import RelayConfiguration
import Synchronization

/// Answers requests: finds the source, the view and the form. Any event loop may call it.
package final class Server: Sendable {
    /// What a request gets.
    enum Response {
        case answer(HTTPAnswer)
        /// The newest frame, as soon as there is one.
        case snapshot(Source, SourceConfiguration.OnLoss?)
        case stream(Source, StreamRequest)
    }

    /// How a viewer wants its stream.
    struct StreamRequest {
        var form: StreamForm
        /// nil for the source's way.
        var onLoss: SourceConfiguration.OnLoss?
    }

    private let table = Mutex(RoutingTable())
    private let stage = Atomic<Stage>(.starting)
    private let started = NIODeadline.now()
    private let version: String
    private let limits: Limits
    private let logger: Logger
    private let logsViewers = Atomic(false)
    private let reload = Mutex(ReloadReport())

    /// How far the program's life has come, for `/readyz`.
    enum Stage: UInt8, AtomicRepresentable {
        case starting, ready, draining
    }

    init(version: String, limits: Limits, logger: Logger) {
        self.version = version
        self.limits = limits
        self.logger = logger
    }

    /// Takes over the settings that hold for all sources.
    func use(_ configuration: RelayConfiguration) {
        limits.use(maxViewers: configuration.maxViewers)
        logsViewers.store(configuration.log.viewers, ordering: .relaxed)
    }

    /// Remembers how the last reload went, for the status.
    func report(_ report: ReloadReport) {
        reload.withLock { $0 = report }
    }

    /// A place for another viewer of `source`, nil when all are taken.
    func seat(for source: Source, from address: SocketAddress?) -> Seat? {
        guard limits.admitViewer(of: source.name, atMost: source.configuration.maxViewers) else { return nil }
        return Seat(
            source: source, limits: limits, address: address?.ipAddress ?? "unix",
            logger: logsViewers.load(ordering: .relaxed) ? logger : nil)
    }

    func use(_ table: RoutingTable) {
        self.table.withLock { $0 = table }
    }

    func enter(_ stage: Stage) {
        self.stage.store(stage, ordering: .sequentiallyConsistent)
    }

    func source(named name: String) -> Source? {
        table.withLock { $0[name] }
    }

    func respond(to head: HTTPRequestHead, in scope: Route.Scope) -> Response {
        switch head.method {
        case .GET, .HEAD: break
        case .OPTIONS: return .answer(Self.preflight)
        default:
            return .answer(.text(.methodNotAllowed, "only GET, HEAD and OPTIONS are answered here", headers: ["Allow": Self.methods]))
        }
        if case .webSocket = scope {
            return .answer(
                .text(
                    .upgradeRequired, "this port serves WebSocket clients only",
                    headers: ["Upgrade": "websocket"]))
        }
        guard let target = RequestTarget(head.uri) else { return .answer(.text(.badRequest, "the request's target is no path")) }
        switch Route(target, in: scope) {
        case .index: return .answer(.html(IndexPage(table.withLock { $0.sources }.map(SourceReport.init)).text))
        case .status: return .answer(status(of: table.withLock { $0.sources }, target, head.headers, all: true))
        case .healthz: return .answer(.text(.ok, "alive"))
        case .readyz: return .answer(readiness(of: table.withLock { $0.sources }, target))
        case .redirect(let location):
            return .answer(.text(.found, "see \(location)", headers: ["Location": location]))
        case .notFound: return .answer(Self.notFound)
        case .badQuery(let line): return .answer(.text(.badRequest, line))
        case .source(let name, let view):
            guard let source = source(named: name) else {
                return .answer(.text(.notFound, "there is no source of this name"))
            }
            return respond(with: view, of: source, target, head.headers)
        }
    }

    private func respond(with view: Route.View, of source: Source, _ target: RequestTarget, _ headers: HTTPHeaders) -> Response {
        switch view {
        case .stream, .snapshot:
            guard stage.load(ordering: .relaxed) != .draining else {
                return .answer(.text(.serviceUnavailable, "the relay is shutting down", headers: ["Retry-After": "5"]))
            }
            var onLoss: SourceConfiguration.OnLoss?
            if let text = target.value("on_loss") {
                onLoss = SourceConfiguration.OnLoss(rawValue: text)
                guard onLoss != nil else {
                    let words = SourceConfiguration.OnLoss.allCases.map(\.rawValue).joined(separator: ", ")
                    return .answer(.text(.badRequest, "on_loss is one of \(words)"))
                }
            }
            guard view == .stream else { return .snapshot(source, onLoss) }
            guard let form = StreamForm(headers: headers, target: target) else {
                return .answer(.text(.badRequest, "advance_headers is 0 or 1"))
            }
            return .stream(source, StreamRequest(form: form, onLoss: onLoss))
        case .status: return .answer(status(of: [source], target, headers, all: false))
        case .pageWithoutSlash:
            return .answer(.text(.found, "see \(source.name)/", headers: ["Location": "\(source.name)/"]))
        case .page: return .answer(.html(SourcePage(name: source.name).text))
        case .readyz: return .answer(readiness(of: [source], target))
        case .healthz:
            let status = source.status
            return .answer(
                status.state.isWell
                    ? .text(.ok, status.state.rawValue) : .text(.serviceUnavailable, SourceReport(source).sentence))
        }
    }

    private func status(of sources: [Source], _ target: RequestTarget, _ headers: HTTPHeaders, all: Bool) -> HTTPAnswer {
        let reports = sources.map(SourceReport.init)
        let wantsJSON: Bool
        switch target.value("format") {
        case "json": wantsJSON = true
        case "html": wantsJSON = false
        case nil: wantsJSON = headers["Accept"].contains { $0.contains("application/json") }
        default: return .text(.badRequest, "format is html or json")
        }
        let relay = RelayReport(version: version, uptime: .now() - started, reload: reload.withLock { $0 })
        guard wantsJSON else { return .html(StatusPage(relay: relay, sources: reports, isForAll: all).text, headers: ["Vary": "Accept"]) }
        if !all, let report = reports.first { return .json(report.json) }
        return .json(.object(relay.jsonMembers + [("sources", .array(reports.map(\.json)))]))
    }

    private func readiness(of sources: [Source], _ target: RequestTarget) -> HTTPAnswer {
        let strict = target.value("strict")
        guard strict == nil || strict == "0" || strict == "1" else { return .text(.badRequest, "strict is 0 or 1") }
        switch stage.load(ordering: .sequentiallyConsistent) {
        case .starting: return .text(.serviceUnavailable, "starting")
        case .draining: return .text(.serviceUnavailable, "shutting down")
        case .ready:
            let down = sources.filter { !$0.status.state.isWell }
            guard strict == "1", !down.isEmpty else { return .text(.ok, "ready") }
            return .text(.serviceUnavailable, "not streaming: " + down.map(\.name).joined(separator: ", "))
        }
    }

    private static let methods = "GET, HEAD, OPTIONS"
    private static let notFound = HTTPAnswer.text(.notFound, "there is nothing here")

    /// Answers what a browser asks before it lets another site's script ask (Fetch standard, CORS preflight).
    private static let preflight = HTTPAnswer.text(
        .ok, methods,
        headers: [
            "Allow": methods, "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "*", "Access-Control-Max-Age": "86400",
        ])
}
