import CameraClient
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
        /// An answer that takes a while; the closure is given the connection's event loop, and its future is completed there.
        case later((any EventLoop) -> EventLoopFuture<HTTPAnswer>)
        case stream(Source, StreamRequest)
        case webSocket(Source, WebSocketRequest)
    }

    /// How a viewer wants its stream, and who it is.
    struct StreamRequest {
        var form: StreamForm
        var wishes: ViewerWishes
        var origin: Viewer.Origin
        /// What the answer says of other sites' pages.
        var headers: HTTPHeaders
    }

    /// How a viewer wants its messages, and who it is.
    struct WebSocketRequest {
        var form: WebSocketForm
        var wishes: ViewerWishes
        var origin: Viewer.Origin
    }

    /// A request with all that is known of it.
    struct Request {
        let head: HTTPRequestHead
        let target: RequestTarget
        let scope: Route.Scope
        let requester: Requester
        let access: AccessConfiguration
        /// All of them, unlisted ones too.
        let sources: [Source]

        /// The sources that a list may show.
        var listed: [Source] { sources.filter { $0.configuration.isListed || scope == .admin } }

        /// Who may frame pages, as the policy writes it.
        var frameAncestors: String { (["'self'"] + access.frameAncestors).joined(separator: " ") }
    }

    private let table = Mutex(RoutingTable())
    private let stage = Atomic<Stage>(.starting)
    private let started = NIODeadline.now()
    private let version: String
    private let limits: Limits
    private let logger: Logger
    private let logsViewers = Atomic(false)
    private let access = Mutex(AccessConfiguration())
    /// Where viewers find the sources; nil where that is a local socket, or a port that the system chooses.
    private let viewersPort = Mutex<Int?>(nil)
    private let reload = Mutex(ReloadReport())
    private let process = Mutex<(at: NIODeadline, report: ProcessReport)?>(nil)

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
        access.withLock { $0 = configuration.access }
        viewersPort.withLock { $0 = configuration.listen.lazy.compactMap(\.port).first { $0 != 0 } }
    }

    /// Remembers how the last reload went, for the status.
    func report(_ report: ReloadReport) {
        reload.withLock { $0 = report }
    }

    /// A place for another viewer of `source`, nil when all are taken.
    func seat(for source: Source, from origin: Viewer.Origin) -> Seat? {
        guard limits.admitViewer(of: source.name, atMost: source.configuration.maxViewers) else { return nil }
        return Seat(
            source: source, limits: limits, origin: origin, logger: logsViewers.load(ordering: .relaxed) ? logger : nil)
    }

    /// Whether another viewer of `source` would get a place now.
    func hasSeat(for source: Source) -> Bool { limits.hasRoom(for: source.name, atMost: source.configuration.maxViewers) }

    func use(_ table: RoutingTable) {
        self.table.withLock { $0 = table }
    }

    func enter(_ stage: Stage) {
        self.stage.store(stage, ordering: .sequentiallyConsistent)
    }

    /// Reads the counters of all sources once a second, for the rates, as long as the server lives.
    func measure(on eventLoop: any EventLoop) {
        eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            for source in self.table.withLock({ $0.sources }) { source.hub.meter.withLock { $0.add(source.sample) } }
        }
    }

    /// Decides what the request `head` from `peer`, through a listener of `scope`, gets.
    func respond(to head: HTTPRequestHead, from peer: SocketAddress?, in scope: Route.Scope) -> Response {
        let table = table.withLock { $0 }
        let access = access.withLock { $0 }
        switch head.method {
        case .GET, .HEAD: break
        case .OPTIONS: return .answer(Self.preflight(head, access.cors))
        default:
            return .answer(.text(.methodNotAllowed, "only GET, HEAD and OPTIONS are answered here", headers: ["Allow": Self.methods]))
        }
        guard let target = RequestTarget(head.uri) else { return .answer(.text(.badRequest, "the request's target is no path")) }
        let requester = Requester(head, from: peer, in: scope, access)
        guard !requester.isMisled else { return .answer(Self.misled) }
        let request = Request(head: head, target: target, scope: scope, requester: requester, access: access, sources: table.sources)
        if case .webSocket(let name) = scope {
            guard let source = table[name] else { return .answer(Self.notFound) }
            guard !isDraining else { return .answer(Self.shuttingDown) }
            return .webSocket(source, WebSocketRequest(form: .dataURL, wishes: ViewerWishes(), origin: requester.origin))
        }
        let route = Route(target, in: scope)
        guard scope == .admin || access.admin.isEmpty || route.isForViewers else { return .answer(Self.notFound) }
        switch route {
        case .index:
            let page = DashboardPage(sources: request.listed.map { SourceReport($0, isForOperator: requester.isOperator) }, up: target.up)
            return .answer(.html(page.text, frameAncestors: request.frameAncestors))
        case .status: return status(of: request.listed, request, isForAll: true)
        case .metrics: return metrics(of: request.listed, request)
        case .healthz: return .answer(.text(.ok, "alive"))
        case .readyz: return .answer(readiness(of: request.listed, target))
        case .file(let name): return .answer(PageFile.answer(name, to: head) ?? Self.notFound)
        case .redirect(let location):
            return .answer(.text(.found, "see \(location)", headers: ["Location": location]))
        case .notFound: return .answer(Self.notFound)
        case .badQuery(let line): return .answer(.text(.badRequest, line))
        case .source(let name, let view):
            guard let source = table[name] else { return .answer(.text(.notFound, "there is no source of this name")) }
            return respond(with: view, of: source, request)
        }
    }

    private func respond(with view: Route.View, of source: Source, _ request: Request) -> Response {
        let target = request.target
        let access = request.access
        let origin = request.requester.origin
        switch view {
        case .stream, .webSocket, .snapshot:
            guard !isDraining else { return .answer(Self.shuttingDown) }
            let wishes: ViewerWishes
            do throws(QueryError) {
                wishes = try ViewerWishes(target)
            } catch {
                return .answer(.text(.badRequest, error.sentence))
            }
            if view == .snapshot { return Snapshot.response(from: source, to: request, onLoss: wishes.onLoss) }
            if view == .webSocket {
                guard let form = WebSocketForm(target: target) else { return .answer(.text(.badRequest, "ack is 0 or 1")) }
                let named = target.value("origin")
                guard PictureAccess.allowsWebSocket(request.head, access.cors, host: request.requester.host, originInQuery: named)
                else { return .answer(Self.foreignPage) }
                return .webSocket(source, WebSocketRequest(form: form, wishes: wishes, origin: origin))
            }
            guard let form = StreamForm(headers: request.head.headers, target: target) else {
                return .answer(.text(.badRequest, "advance_headers is 0 or 1"))
            }
            let headers = PictureAccess.headers(for: request.head, access.cors)
            return .stream(source, StreamRequest(form: form, wishes: wishes, origin: origin, headers: headers))
        case .status: return status(of: [source], request, isForAll: false)
        case .metrics: return metrics(of: [source], request)
        case .pageWithoutSlash:
            return .answer(.text(.found, "see \(source.name)/", headers: ["Location": "\(source.name)/"]))
        case .page:
            let page = ViewPage(
                source: SourceReport(source, isForOperator: request.requester.isOperator), up: target.up,
                viewersPort: request.scope == .admin && !request.requester.isForwarded ? viewersPort.withLock { $0 } : nil)
            return .answer(.html(page.text, frameAncestors: request.frameAncestors))
        case .embed:
            let options: EmbedOptions
            do throws(QueryError) {
                options = try EmbedOptions(target)
            } catch {
                return .answer(.text(.badRequest, error.sentence))
            }
            let page = EmbedPage(name: source.name, up: target.up, base: target.base, options: options)
            return .answer(.html(page.text, frameAncestors: "*"))
        case .readyz: return .answer(readiness(of: [source], target))
        case .healthz:
            let report = SourceReport(source, isForOperator: request.requester.isOperator)
            return .answer(.text(report.status.state.isWell ? .ok : .serviceUnavailable, report.sentence))
        }
    }

    private func relayReport(for request: Request) -> RelayReport {
        RelayReport(
            version: version, uptime: .now() - started, reload: reload.withLock { $0 },
            isForOperator: request.requester.isOperator, process: processReport)
    }

    /// What the kernel says of this process, at most a second ago: every open page asks once a second.
    private var processReport: ProcessReport {
        process.withLock { known in
            let now = NIODeadline.now()
            if let known, now - known.at < .seconds(1) { return known.report }
            let report = ProcessReport()
            known = (now, report)
            return report
        }
    }

    private func status(of sources: [Source], _ request: Request, isForAll: Bool) -> Response {
        let target = request.target
        let wantsJSON: Bool
        switch target.value("format") {
        case "json": wantsJSON = true
        case "html": wantsJSON = false
        case nil: wantsJSON = request.head.headers["Accept"].contains { $0.contains("application/json") }
        default: return .answer(.text(.badRequest, "format is html or json"))
        }
        guard [nil, "0", "1"].contains(target.value("viewers")) else { return .answer(.text(.badRequest, "viewers is 0 or 1")) }
        let isOperator = request.requester.isOperator
        let listsViewers = isOperator && target.value("viewers") != "0" && (wantsJSON || !isForAll)
        let relay = relayReport(for: request)
        let hasDashboard = request.scope == .relay || request.scope == .admin
        return gathered(sources, listsViewers: listsViewers, isOperator: isOperator) { reports in
            guard wantsJSON else {
                let page = StatusPage(
                    relay: relay, sources: reports, isForAll: isForAll, hasDashboard: hasDashboard, up: target.up, base: target.base)
                return .html(page.text, frameAncestors: request.frameAncestors, headers: ["Vary": "Accept"])
            }
            if !isForAll, let report = reports.first {
                return .json(.object(report.members(listsViewers: listsViewers) + [relay.timeMember]))
            }
            let list = reports.map { JSONValue.object($0.members(listsViewers: listsViewers)) }
            return .json(.object(relay.jsonMembers + [("sources", .array(list))]))
        }
    }

    private func metrics(of sources: [Source], _ request: Request) -> Response {
        let relay = relayReport(for: request)
        return gathered(sources, listsViewers: false, isOperator: false) { reports in
            let text = MetricsText.of(relay: relay, sources: reports)
            return HTTPAnswer(.ok, type: "text/plain; version=0.0.4; charset=utf-8", body: ByteBuffer(string: text))
        }
    }

    /// Asks all loops for what they know of the sources' viewers, then answers.
    private func gathered(
        _ sources: [Source], listsViewers: Bool, isOperator: Bool, _ answer: @escaping @Sendable ([SourceReport]) -> HTTPAnswer
    ) -> Response {
        .later { [limits] eventLoop in
            let hubs = sources.map { $0.hub.report(listsViewers: listsViewers, on: eventLoop) }
            return EventLoopFuture.whenAllSucceed(hubs, on: eventLoop).map { hubs in
                answer(zip(sources, hubs).map { SourceReport($0, hub: $1, refused: limits.refused($0.name), isForOperator: isOperator) })
            }
        }
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

    private var isDraining: Bool { stage.load(ordering: .relaxed) == .draining }

    private static let misled = HTTPAnswer.text(
        .misdirectedRequest, "call this address localhost or 127.0.0.1, or name the proxy before it in trusted_proxies")
    private static let foreignPage = HTTPAnswer.text(
        .forbidden, "pages of this origin may not read pictures; a proxy that hides the relay's name must be named in trusted_proxies")
    private static let shuttingDown = HTTPAnswer.text(
        .serviceUnavailable, "the relay is shutting down", headers: ["Retry-After": "5"])
    static let fullHouse = HTTPAnswer.text(
        .serviceUnavailable, "too many viewers; try again later", headers: ["Retry-After": "5"])
    private static let methods = "GET, HEAD, OPTIONS"
    private static let notFound = HTTPAnswer.text(.notFound, "there is nothing here")

    /// Answers what a browser asks before it lets another site's script ask (Fetch standard, CORS preflight).
    private static func preflight(_ head: HTTPRequestHead, _ policy: CORSPolicy) -> HTTPAnswer {
        var headers = PictureAccess.headers(for: head, policy)
        headers.add(name: "Allow", value: methods)
        if headers.contains(name: "Access-Control-Allow-Origin") {
            headers.add(name: "Access-Control-Allow-Methods", value: methods)
            headers.add(name: "Access-Control-Allow-Headers", value: "*")
            headers.add(name: "Access-Control-Max-Age", value: "86400")
        }
        return .text(.ok, methods, headers: headers)
    }
}
