import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// What every request passes: method, target, who asks, whether that one may, route, answer. Any event loop may call it.
package final class Gate: Sendable {
    private let served: Mutex<Served>
    let limits: Limits
    private let perAddress = ViewersPerAddress()
    private let rates = RateSharing()
    private let watchTimes = WatchTimes()
    let doors: Doors
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
    ///
    /// - Parameter client: whom a proxy that is trusted speaks for, where it has said so.
    func respond(
        to head: HTTPRequestHead, from peer: SocketAddress?, through listener: ListenerName, for client: ProxiedClient? = nil
    ) -> Response {
        let response = response(to: head, from: client?.address ?? peer, through: listener, isProxied: client != nil)
        if case .answer(let answer) = response, answer.suspectsProxy { tellOfProxy(at: peer) }
        return response
    }

    private func response(
        to head: HTTPRequestHead, from peer: SocketAddress?, through listener: ListenerName, isProxied: Bool
    ) -> Response {
        let served = current
        do throws(Refusal) {
            let scope = try Self.scope(of: listener, served)
            try Self.checkHost(head)
            if head.method == .OPTIONS { return .answer(PreflightAnswer.answer(to: head, served.access.cors)) }
            try Self.checkMethod(head)
            let target = try Self.target(of: head)
            if scope == .redirect, head.bringsBody { throw Refusal(.wrongMethod) }
            if scope == .redirect { return .answer(EncryptedRedirect.answer(to: head, port: served.encryptedPort)) }
            let requester = try Self.requester(
                of: head, from: peer, isProxied, in: scope, isEncrypted: listener.kind == .encrypted, served)
            let request = Request(head: head, target: target, scope: scope, requester: requester, served: served)
            let route = try Self.route(for: request)
            if route.isPublished(bringsBody: head.bringsBody) { return publishing(request, route) }
            guard !head.bringsBody else { throw Refusal(.wrongMethod) }
            guard served.access.hasUsers, !route.isOpen else { return judgedAgain(route.response(to: request), request, route) }
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
                return judgedAgain(forBrowser(route.response(to: request), request, route, credentials), request, route)
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
        case .user, .anonymous, .push:
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
        case .undecided, .stream, .webSocket, .list, .publish, .publishSocket: return response
        }
    }

    /// Where the request `head` from `peer` comes from, nil for one that could not be read; see ``ViewerOrigin/network``.
    func network(of head: HTTPRequestHead?, from peer: SocketAddress?) -> String {
        (head.map { Requester.origin(of: $0, from: peer, current.access) } ?? .address(peer)).network
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

    /// Why another viewer of `source` would get no place now; nil where it would.
    func refusal(of source: Source, from origin: ViewerOrigin, _ wishes: ViewerWishes, isCapped: Bool) -> HTTPAnswer? {
        let (served, configuration) = (current, source.configuration)
        if isCapped, configuration.maxWatch != nil, let pause = watchTimes.pause(of: origin.network, from: source.name, at: .now()) {
            return .timeIsOver(wait: pause)
        }
        guard limits.hasRoom(for: source.name, atMost: configuration.maxViewers, ofAll: served.maxViewers) else { return .tooManyViewers }
        let (most, mostOfSource) = (served.access.maxViewersPerAddress, configuration.maxViewersPerAddress)
        guard perAddress.hasRoom(origin.network, of: source.name, atMost: most, ofSource: mostOfSource) else { return .tooManyFromAddress }
        if isCapped, !rates.hasRoom(for: source, wishes, served) { return .tooFewFrames }
        return nil
    }

    /// Whether somebody who watches `source` by `admission` may go on.
    func mayStay(_ source: Source, _ admission: Admission) -> Bool {
        Audience.stillMayWatch(source.configuration, admission, current.access)
    }

    /// A place for another viewer of `source`; throws why there is none. Limits of rates and times hold for one that `isCapped`.
    func seat(for source: Source, from origin: ViewerOrigin, _ wishes: ViewerWishes, isCapped: Bool) throws(Refusal) -> Seat {
        let (served, configuration, now) = (current, source.configuration, NIODeadline.now())
        let (address, access) = (origin.network, served.access)
        func refusal(_ answer: HTTPAnswer) -> Refusal {
            source.hub.demand.viewerRefused()
            return Refusal(answer)
        }
        if isCapped, configuration.maxWatch != nil, let pause = watchTimes.pause(of: address, from: source.name, at: now) {
            throw refusal(.timeIsOver(wait: pause))
        }
        let (most, mostOfSource) = (access.maxViewersPerAddress, configuration.maxViewersPerAddress)
        guard perAddress.admit(address, of: source.name, atMost: most, ofSource: mostOfSource) else { throw refusal(.tooManyFromAddress) }
        guard limits.admitViewer(of: source.name, atMost: configuration.maxViewers, ofAll: served.maxViewers) else {
            perAddress.left(address, of: source.name)
            throw refusal(.tooManyViewers)
        }
        let answer = isCapped ? rates.admit(to: source, wishes, served) : .atOnce
        if case .refused = answer {
            perAddress.left(address, of: source.name)
            limits.viewerLeft(source.name)
            throw refusal(.tooFewFrames)
        }
        let times = isCapped ? configuration.maxWatch.map { watchTimes.begin(address, source.name, at: now, limit: TimeAmount($0)) } : nil
        return Seat(
            source: source, gate: self, origin: origin, wishes: wishes, isCapped: isCapped, waitsForSlot: answer == .atNextSlot,
            watchTime: times, logger: served.logsViewers ? logger : nil)
    }

    /// A viewer's place is free again.
    func left(_ seat: Seat, _ viewer: Viewer?) {
        let (source, address) = (seat.source, seat.origin.network)
        limits.viewerLeft(source.name)
        perAddress.left(address, of: source.name)
        if seat.isCapped { rates.viewerLeft(source.name, seat.wishes) }
        guard seat.watchTime != nil else { return }
        let pause = TimeAmount(source.configuration.watchPause)
        watchTimes.left(address, source.name, isOver: viewer?.isTimeOver ?? false, pause: pause, at: .now())
    }

    /// Reads the counters of all sources once a second, for the rates, as long as the gate lives.
    func measure(on eventLoop: any EventLoop) {
        eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            let served = self.current
            for source in served.sources.all { source.hub.meter.withLock { $0.add(source.sample) } }
            self.rates.reckon(served, at: .now())
        }
    }

    // MARK: - The steps

    /// Why a request goes no further.
    struct Refusal: Error {
        let answer: HTTPAnswer
        fileprivate init(_ answer: HTTPAnswer) { self.answer = answer }
    }

    private static func scope(of listener: ListenerName, _ served: Served) throws(Refusal) -> Route.Scope {
        // A connection may outlive its listener.
        guard let scope = served.scopes[listener] else { throw Refusal(.withdrawn) }
        return scope
    }

    private static func checkMethod(_ head: HTTPRequestHead) throws(Refusal) {
        guard head.method == .GET || head.method == .HEAD || head.bringsBody else { throw Refusal(.wrongMethod) }
    }

    private static func checkHost(_ head: HTTPRequestHead) throws(Refusal) {
        if head.hostClaim == .invalid { throw Refusal(.noHost) }
    }

    private static func target(of head: HTTPRequestHead) throws(Refusal) -> RequestTarget {
        guard let target = RequestTarget(head.uri) else { throw Refusal(.noTarget) }
        return target
    }

    private static func requester(
        of head: HTTPRequestHead, from peer: SocketAddress?, _ isProxied: Bool, in scope: Route.Scope, isEncrypted: Bool, _ served: Served
    ) throws(Refusal) -> Requester {
        let requester = Requester(head, from: peer, isProxied: isProxied, in: scope, isEncrypted: isEncrypted, served.access)
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
        case .link, .user, .push: break
        }
    }

    private static func route(for request: Request) throws(Refusal) -> Route {
        let route = Route(request.target, in: request.scope)
        guard request.scope == .admin || !request.served.access.hasAdmin || route.isForViewers else { throw Refusal(.notFound) }
        return route
    }
}

extension HTTPAnswer {
    static let wrongMethod = HTTPAnswer.text(
        .methodNotAllowed, "only GET, HEAD and OPTIONS are answered here", headers: ["Allow": PreflightAnswer.methods])
    fileprivate static let tooFewFrames = HTTPAnswer.text(
        .serviceUnavailable, "with one more viewer everybody would get too few pictures; try again later", headers: ["Retry-After": "30"])
    fileprivate static func timeIsOver(wait: TimeAmount) -> HTTPAnswer {
        let seconds = Int(wait.inSeconds.rounded(.up))
        return .text(
            .tooManyRequests, "the time for watching is over; go on in \(seconds) s", headers: ["Retry-After": String(seconds)])
    }
    fileprivate static let noHost = HTTPAnswer.text(.badRequest, "the request has no Host field, several, or one that is no host")
    fileprivate static let noTarget = HTTPAnswer.text(.badRequest, "the request's target is no path")
    fileprivate static let misled = HTTPAnswer.text(
        .misdirectedRequest, "call this address localhost or 127.0.0.1, or name the proxy before it in trusted_proxies"
    ).suspectingProxy
    fileprivate static let withdrawn = HTTPAnswer.text(.notFound, "nothing is served at this address any more").endingConnection
}
