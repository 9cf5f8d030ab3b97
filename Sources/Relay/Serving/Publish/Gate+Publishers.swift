import NIOCore
import NIOHTTP1
import RelayConfiguration

extension Gate {
    /// Decides what a request gets that wants to publish a source, before a byte of its body is read.
    func publishing(_ request: Request, _ route: Route) -> Response {
        guard let name = route.source(in: request.scope) else { return .answer(.notFound) }
        let source = request.served.sources[name]
        let publish = source?.configuration.publish
        // Where there are logins, nobody learns without one what sources there are.
        if publish == nil, !request.served.access.hasUsers {
            // The address of a stream takes nothing but where it is published.
            if case .source(_, .stream) = route { return .answer(.wrongMethod) }
            return Self.refusal(source == nil ? .noSuchSource : .notPublished, to: request.head)
        }
        guard let login = PublisherLogin(request.head, request.target) else { return Self.refusal(.publisherLoginWanted, to: request.head) }
        // A browser sends a remembered login along, whatever page asks.
        if login.place == .basic, request.isOfOtherSite { return Self.refusal(.foreignPublisher, to: request.head) }
        return respond(
            doors.judge(login, for: name, publish?.password, from: request.requester.origin), to: request, of: name, publish)
    }

    private func respond(
        _ verdict: Doors.PublisherVerdict, to request: Request, of name: String, _ publish: PublishConfiguration?
    ) -> Response {
        switch verdict {
        case .refused(let answer):
            return Self.refusal(answer, to: request.head)
        case .checking(let check):
            return .undecided { eventLoop in check(eventLoop).map { self.respond($0, to: request, of: name, publish) } }
        case .admitted(let publisher):
            // A reload may have come during the check.
            guard let source = current.sources[name], source.configuration.publish?.password == publish?.password else {
                return Self.refusal(.publisherLoginWanted, to: request.head)
            }
            return respond(toAdmitted: publisher, request, source)
        }
    }

    private func respond(toAdmitted publisher: String, _ request: Request, _ source: Source) -> Response {
        let (head, configuration) = (request.head, source.configuration)
        if let refusal = refusal(of: source, request) { return Self.refusal(refusal, to: head) }
        var publish = PublishRequest(name: publisher, origin: request.requester.origin, head: head)
        publish.secrets = source.secrets
        for reading in PublisherLogin(head, request.target)?.readings ?? [] {
            publish.secrets.add(user: reading.name, password: reading.password)
        }
        if head.bringsBody {
            guard PublishedType.mayHoldPictures(head.headers) else { return Self.refusal(.noPictureType, to: head) }
            if let length = PublishedType.pictureLength(head.headers), length > configuration.maxFrameSize {
                return Self.refusal(.pictureTooLarge(configuration.maxFrameSize), to: head)
            }
            return .publish(source, publish)
        }
        guard head.method == .GET, head.headers.contains(name: "Upgrade") else { return .answer(.onlyPublishers) }
        publish.isRelay = head.headers[canonicalForm: "Sec-WebSocket-Protocol"].contains { $0 == RelayWire.name }
        return .publishSocket(source, publish)
    }

    private func refusal(of source: Source, _ request: Request) -> HTTPAnswer? {
        let configuration = source.configuration
        if current.stage == .draining { return .shuttingDown }
        if configuration.publish?.allows(request.requester.origin.host) == false { return .wrongNetwork }
        if !configuration.enabled { return .switchedOff }
        if let opening = source.status.closedUntil { return .closed(until: opening) }
        return nil
    }

    private static func refusal(_ answer: HTTPAnswer, to head: HTTPRequestHead) -> Response {
        .answer(head.bringsBody ? answer.cuttingOff : answer)
    }
}

extension Request {
    /// Whether a page of another site asks, as far as its browser says.
    fileprivate var isOfOtherSite: Bool {
        if let origin = head.headers.first(name: "Origin")?.lowercased() {
            guard let host = requester.host else { return true }
            return origin != "http://\(host)" && origin != "https://\(host)"
        }
        return head.headers.first(name: "Sec-Fetch-Site") == "cross-site"
    }
}

extension HTTPAnswer {
    fileprivate static let notPublished = HTTPAnswer.text(
        .notFound, "this source is not published to the relay: relay.yaml has no 'publish' for it")
    fileprivate static let foreignPublisher = HTTPAnswer.text(.forbidden, "pages of this origin may not publish with a remembered login")
    fileprivate static let wrongNetwork = HTTPAnswer.text(.forbidden, "nobody may publish this source from your address")
    fileprivate static let switchedOff = HTTPAnswer.text(
        .serviceUnavailable, "this source is switched off", headers: ["Retry-After": "30"])
    fileprivate static func closed(until opening: String) -> HTTPAnswer {
        .text(.serviceUnavailable, "this source is closed until \(opening)", headers: ["Retry-After": "60"])
    }
    fileprivate static let noPictureType = HTTPAnswer.text(.unsupportedMediaType, "only JPEG pictures are taken here")
    fileprivate static let onlyPublishers = HTTPAnswer.text(
        .methodNotAllowed, "pictures are sent here, with POST or PUT or over WebSocket", headers: ["Allow": "POST, PUT"])
    static func pictureTooLarge(_ limit: Int) -> HTTPAnswer {
        .text(.payloadTooLarge, "a picture has more than \(limit) bytes; max_frame_size sets that limit")
    }
}
