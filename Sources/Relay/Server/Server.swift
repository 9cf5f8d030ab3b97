import MJPEG
import NIOCore
import NIOHTTP1
import Synchronization

/// Answers requests: finds the source, the view and the form. Any event loop may call it.
package final class Server: Sendable {
    /// What a request gets.
    enum Response {
        case answer(HTTPAnswer)
        case stream(Source, StreamRequest)
    }

    private let table = Mutex(RoutingTable())
    private let stage = Atomic<Stage>(.starting)
    private let started = NIODeadline.now()
    private let version: String

    /// How far the program's life has come, for `/readyz`.
    enum Stage: UInt8, AtomicRepresentable {
        case starting, ready, draining
    }

    init(version: String) {
        self.version = version
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
        case .source(let name, let view):
            guard let source = source(named: name) else {
                return .answer(.text(.notFound, "there is no source of this name"))
            }
            return respond(with: view, of: source, target, head.headers)
        }
    }

    private func respond(with view: Route.View, of source: Source, _ target: RequestTarget, _ headers: HTTPHeaders) -> Response {
        switch view {
        case .stream:
            guard stage.load(ordering: .relaxed) != .draining else {
                return .answer(.text(.serviceUnavailable, "the relay is shutting down", headers: ["Retry-After": "5"]))
            }
            do throws(RequestError) {
                return .stream(source, try StreamRequest(headers: headers, target: target))
            } catch {
                return .answer(.text(.badRequest, error.sentence))
            }
        case .snapshot: return .answer(Snapshot.answer(from: source, at: .now()))
        case .status: return .answer(status(of: [source], target, headers, all: false))
        case .page: return .answer(.html(SourcePage(name: source.name).text))
        case .readyz: return .answer(readiness(of: [source], target))
        case .healthz:
            let status = source.status
            return .answer(
                status.state == .streaming
                    ? .text(.ok, "streaming") : .text(.serviceUnavailable, SourceReport(source).sentence))
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
        let relay = RelayReport(version: version, uptime: .now() - started)
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
            let down = sources.filter { $0.status.state != .streaming }
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
