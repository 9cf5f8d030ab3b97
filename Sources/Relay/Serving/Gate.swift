import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// What every request passes: method, target, who asks, whether that one may, route, answer. Any event loop may call it.
package final class Gate: Sendable {
    private let served: Mutex<Served>
    let limits: Limits
    private let perAddress = ViewersPerAddress()
    private let doors: Doors
    private let logger: Logger
    /// When operators were last told of a proxy.
    private let told = Mutex<NIODeadline?>(nil)

    init(version: String, limits: Limits, logger: Logger) {
        var served = Served()
        served.version = version
        self.served = Mutex(served)
        self.limits = limits
        self.logger = logger
        doors = Doors(logger: logger)
    }

    /// What is served now.
    var current: Served { served.withLock { $0 } }

    /// A proxy that is not named is told at most this often.
    private static let silence = TimeAmount.minutes(1)

    /// Changes what is served, in one moment for all requests.
    func change(_ body: (inout Served) -> Void) {
        served.withLock { served in
            body(&served)
            served.generation += 1
        }
    }

    /// Whether no new answers should keep their connections.
    var isDraining: Bool { served.withLock { $0.stage == .draining } }

    /// Decides what the request `head` from `peer` gets, which came through `listener`.
    func respond(to head: HTTPRequestHead, from peer: SocketAddress?, through listener: ListenerName) -> Response {
        let response = response(to: head, from: peer, through: listener)
        if case .answer(let answer) = response, answer.suspectsProxy { tellOfProxy(at: peer) }
        return response
    }

    private func response(to head: HTTPRequestHead, from peer: SocketAddress?, through listener: ListenerName) -> Response {
        let served = current
        do throws(Refusal) {
            let scope = try Self.scope(of: listener, served)
            try Self.checkHost(head)
            if head.method == .OPTIONS { return .answer(PreflightAnswer.answer(to: head, served.access.cors)) }
            try Self.checkMethod(head)
            let target = try Self.target(of: head)
            if scope == .redirect { return .answer(EncryptedRedirect.answer(to: head, port: served.encryptedPort)) }
            let requester = try Self.requester(of: head, from: peer, in: scope, isEncrypted: listener.kind == .encrypted, served)
            let request = Request(head: head, target: target, scope: scope, requester: requester, served: served)
            let route = try Self.route(for: request)
            guard served.access.hasUsers, !route.isOpen else { return try roomFor(route.response(to: request)) }
            let credentials = Credentials(head, target, cookie: request.cookieName)
            let verdict = doors.judge(
                credentials, for: route.source(in: scope), from: requester.origin, served.access, cookie: request.cookieName)
            return respond(to: request, route, credentials, verdict)
        } catch {
            return .answer(error.answer)
        }
    }

    /// Goes on once it is known, or being found out, who asks.
    private func respond(to request: Request, _ route: Route, _ credentials: Credentials, _ verdict: Doors.Verdict) -> Response {
        var request = request
        switch verdict {
        case .refused(let answer):
            return .answer(answer)
        case .checking(let check):
            return .undecided { [request] eventLoop in
                check(eventLoop).map { self.respond(toChecked: request, route, credentials, $0) }
            }
        case .admitted(let admission):
            request.admission = admission
            do throws(Refusal) {
                try Self.checkMay(request, route)
                return try roomFor(judgedAgain(forBrowser(route.response(to: request), request, route, credentials), request, route))
            } catch {
                return .answer(error.answer)
            }
        }
    }

    /// Goes on behind the check of a password, during which a reload may have taken the user away.
    private func respond(toChecked request: Request, _ route: Route, _ credentials: Credentials, _ verdict: Doors.Verdict) -> Response {
        var request = request
        request.served = current
        if case .admitted(.user(let account)) = verdict, !request.served.access.users.contains(account) { return .answer(.loginWanted) }
        return respond(to: request, route, credentials, verdict)
    }

    /// The response, where it takes a while: looked at again when it is there, since a link may have ended meanwhile and a user have
    /// been taken away.
    private func judgedAgain(_ response: Response, _ request: Request, _ route: Route) -> Response {
        guard case .later(let make) = response, let name = route.source(in: request.scope) else { return response }
        return .later { eventLoop in
            make(eventLoop).map { answer in
                if let end = request.admission.end, Doors.isOver(end) { return .linkIsOver }
                let served = self.current
                let mayHave = served.sources[name].map { Audience.stillMayWatch($0.configuration, request.admission, served.access) }
                return mayHave ?? true ? answer : .loginWanted
            }
        }
    }

    /// The response, where it is a page: with a cookie for a browser that has logged in, since it sends no login with a WebSocket;
    /// with the word that no other site is to hear of a link.
    private func forBrowser(_ response: Response, _ request: Request, _ route: Route, _ credentials: Credentials) -> Response {
        guard route.mayBePage else { return response }
        let field: (name: String, value: String)
        switch request.admission {
        case .user(let account)
        where doors.wantsCookie(account, credentials, Credentials.cookies(request.head, named: request.cookieName), request.served.access):
            let value = doors.cookie(
                for: account, named: request.cookieName, isEncrypted: request.requester.isEncrypted, request.served.access)
            field = ("Set-Cookie", value)
        case .link:
            field = ("Referrer-Policy", "no-referrer")
        case .user, .anonymous:
            return response
        }
        // What a page asks for counts too: it may stay open for longer than the cookie, or than the relay.
        let isFromPage = request.head.headers.contains(name: "Sec-Fetch-Site")
        let add = { @Sendable (answer: HTTPAnswer) in
            var answer = answer
            if answer.isPage || (isFromPage && answer.status == .ok) { answer.headers.replaceOrAdd(name: field.name, value: field.value) }
            return answer
        }
        switch response {
        case .answer(let answer): return .answer(add(answer))
        case .later(let make): return .later { make($0).map(add) }
        case .undecided, .stream, .webSocket: return response
        }
    }

    /// The response, or a refusal while too many answers wait for slow readers. Streams keep no answer in memory.
    private func roomFor(_ response: Response) throws(Refusal) -> Response {
        switch response {
        case .answer, .later:
            guard limits.hasRoomForAnswer else { throw Refusal(.tooManyAnswers) }
        case .undecided, .stream, .webSocket: break
        }
        return response
    }

    /// Tells operators why pages behind a proxy show no picture.
    private func tellOfProxy(at peer: SocketAddress?) {
        let now = NIODeadline.now()
        let isDue = told.withLock { told in
            if let last = told, now - last < Self.silence { return false }
            told = now
            return true
        }
        guard isDue else { return }
        logger.warning(
            "a page was refused, since it seems to be of another site; if a proxy stands before the relay, name it in trusted_proxies",
            metadata: ["address": "\(peer.flatMap(ViewerOrigin.ipAddress) ?? "unix")"])
    }

    /// Whether another viewer of `source` would get a place now.
    func hasSeat(for source: Source, from origin: ViewerOrigin) -> Bool {
        let (served, configuration) = (current, source.configuration)
        return limits.hasRoom(for: source.name, atMost: configuration.maxViewers, ofAll: served.maxViewers)
            && perAddress.hasRoom(
                origin.network, of: source.name, atMost: served.access.maxViewersPerAddress, ofSource: configuration.maxViewersPerAddress)
    }

    /// Why a viewer gets no place.
    func refusal(of source: Source, from origin: ViewerOrigin) -> HTTPAnswer {
        let isFull = !limits.hasRoom(for: source.name, atMost: source.configuration.maxViewers, ofAll: current.maxViewers)
        return isFull ? .tooManyViewers : .tooManyFromAddress
    }

    /// Whether somebody who watches `source` by `admission` may go on.
    func mayStay(_ source: Source, _ admission: Admission) -> Bool {
        Audience.stillMayWatch(source.configuration, admission, current.access)
    }

    /// A place for another viewer of `source`, nil when all are taken.
    func seat(for source: Source, from origin: ViewerOrigin) -> Seat? {
        let (served, configuration) = (current, source.configuration)
        let address = origin.network
        guard
            perAddress.admit(
                address, of: source.name, atMost: served.access.maxViewersPerAddress, ofSource: configuration.maxViewersPerAddress)
        else {
            source.hub.demand.viewerRefused()
            return nil
        }
        guard limits.admitViewer(of: source.name, atMost: configuration.maxViewers, ofAll: served.maxViewers) else {
            perAddress.left(address, of: source.name)
            source.hub.demand.viewerRefused()
            return nil
        }
        return Seat(
            source: source, limits: limits, perAddress: perAddress, origin: origin, logger: served.logsViewers ? logger : nil)
    }

    /// Reads the counters of all sources once a second, for the rates, as long as the gate lives.
    func measure(on eventLoop: any EventLoop) {
        eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            for source in self.current.sources.all { source.hub.meter.withLock { $0.add(source.sample) } }
        }
    }

    // MARK: - The steps

    /// Why a request goes no further.
    private struct Refusal: Error {
        let answer: HTTPAnswer
        init(_ answer: HTTPAnswer) { self.answer = answer }
    }

    private static func scope(of listener: ListenerName, _ served: Served) throws(Refusal) -> Route.Scope {
        // A connection may outlive its listener.
        guard let scope = served.scopes[listener] else { throw Refusal(.withdrawn) }
        return scope
    }

    private static func checkMethod(_ head: HTTPRequestHead) throws(Refusal) {
        guard head.method == .GET || head.method == .HEAD else { throw Refusal(.wrongMethod) }
    }

    private static func checkHost(_ head: HTTPRequestHead) throws(Refusal) {
        if head.hostClaim == .invalid { throw Refusal(.noHost) }
    }

    private static func target(of head: HTTPRequestHead) throws(Refusal) -> RequestTarget {
        guard let target = RequestTarget(head.uri) else { throw Refusal(.noTarget) }
        return target
    }

    private static func requester(
        of head: HTTPRequestHead, from peer: SocketAddress?, in scope: Route.Scope, isEncrypted: Bool, _ served: Served
    ) throws(Refusal) -> Requester {
        let requester = Requester(head, from: peer, in: scope, isEncrypted: isEncrypted, served.access)
        guard !requester.isMisled else { throw Refusal(.misled) }
        return requester
    }

    /// Whether the one who asks may have what the route leads to.
    private static func checkMay(_ request: Request, _ route: Route) throws(Refusal) {
        let access = request.served.access
        if request.scope == .admin, !request.isOperator {
            throw Refusal(request.admission == .anonymous ? .loginWanted : .userMayNot)
        }
        let source = route.source(in: request.scope)
        if let name = source, let configuration = request.served.sources[name]?.configuration {
            if case .link = request.admission, !route.isForLinks { throw Refusal(.linkOpensOneSource) }
            if Audience.mayWatch(configuration, request.admission, access) { return }
            throw Refusal(request.admission == .anonymous ? .loginWanted : .userMayNot)
        }
        switch request.admission {
        case .anonymous where route == .wall && WallAnswer.isForEveryone(request): break
        case .anonymous: throw Refusal(.loginWanted)
        case .link where source == nil: throw Refusal(.linkOpensOneSource)
        case .link, .user: break
        }
    }

    private static func route(for request: Request) throws(Refusal) -> Route {
        let route = Route(request.target, in: request.scope)
        guard request.scope == .admin || !request.served.access.hasAdmin || route.isForViewers else { throw Refusal(.notFound) }
        return route
    }
}

extension HTTPAnswer {
    fileprivate static let wrongMethod = HTTPAnswer.text(
        .methodNotAllowed, "only GET, HEAD and OPTIONS are answered here", headers: ["Allow": PreflightAnswer.methods])
    fileprivate static let noHost = HTTPAnswer.text(.badRequest, "the request has no Host field, several, or one that is no host")
    fileprivate static let noTarget = HTTPAnswer.text(.badRequest, "the request's target is no path")
    fileprivate static let misled = HTTPAnswer.text(
        .misdirectedRequest, "call this address localhost or 127.0.0.1, or name the proxy before it in trusted_proxies"
    ).suspectingProxy
    fileprivate static let withdrawn = HTTPAnswer.text(.notFound, "nothing is served at this address any more").endingConnection
}
