import CameraClient
import NIOCore
import NIOHTTP1
import RelayConfiguration
import Text

/// A request whose body is a source's pictures: takes them as they come and answers at the body's end. Behind it the connection may bring
/// another request, since small devices send each picture with one of its own.
///
/// Bound to its channel's event loop.
final class PublishHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let source: Source
    private let request: PublishRequest
    private let outlet: Outlet
    private let gate: Gate
    private let listener: ListenerName
    /// Whom a trusted proxy speaks for on this connection.
    private let client: ProxiedClient?
    private var publisher: Publisher?
    private var body: PublishedBody?
    private var context: ChannelHandlerContext?
    private var isReadDue = false

    init(source: Source, request: PublishRequest, outlet: Outlet, gate: Gate, listener: ListenerName, client: ProxiedClient?) {
        self.client = client
        self.source = source
        self.request = request
        self.outlet = outlet
        self.gate = gate
        self.listener = listener
    }

    /// Asks the source whether it takes this publisher, and returns the refusal where it does not.
    func knock() -> HTTPAnswer? {
        let bound = NIOLoopBound(outlet, eventLoop: outlet.channel.eventLoop)
        let eventLoop = outlet.channel.eventLoop
        let visitor = Publisher.Visitor(request, close: { eventLoop.execute { bound.value.cut() } })
        do throws(Source.PublisherRefusal) {
            publisher = try source.admit(visitor)
            return nil
        } catch {
            return HTTPAnswer(error).cuttingOff
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outlet.owner = self
        guard let publisher else { return }
        let source = source
        body = PublishedBody(
            fields: request.head.headers.map { ($0.name, $0.value) }, maxFrameSize: source.configuration.maxFrameSize,
            description: publisher.visitor.description, hiding: request.secrets,
            to: source.sink(of: publisher), stallTimeout: { source.configuration.stallTimeout }, eventLoop: context.eventLoop,
            resume: { [weak self] in self?.resume() }, ended: { [weak self] in self?.bodyEnded($0) })
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave(.lost("the last publisher's connection ended"))
        self.context = nil
    }

    /// Begins with what has come behind the head.
    func begin(with bytes: ByteBuffer) {
        var bytes = bytes
        // A body of length 0 ends with nothing.
        body?.take(&bytes)
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        body?.take(&input)
    }

    /// Nothing is read while a frame is held back.
    func read(context: ChannelHandlerContext) {
        if body?.isHolding == true { isReadDue = true } else { context.read() }
    }

    private func resume() {
        guard isReadDue, let context else { return }
        isReadDue = false
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            outlet.peerFinished()
            body?.connectionEnded()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        body?.connectionEnded()
        leave(.lost("the last publisher's connection ended"))
        outlet.channelClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func leave(_ ending: PublisherDesk.Ending) {
        body?.stop()
        body = nil
        if let publisher { source.desk.ended(publisher, ending) }
        publisher = nil
    }

    private func bodyEnded(_ ending: PublishedBody.Ending) {
        switch ending {
        case .whole(frames: 0, _):
            leave(.lost("the last publisher sent no whole JPEG"))
            refuse(.text(.unsupportedMediaType, "there is no whole JPEG picture in the body"))
        case .whole(_, let bytesBehind):
            leave(.whole)
            succeed(keepsConnection: bytesBehind == 0)
        case .cut:
            leave(.lost("the last publisher's connection ended"))
            outlet.finish()
        case .stalled(let limit):
            leave(.stalled(after: limit))
            refuse(.text(.requestTimeout, "no picture came for \(limit)"))
        case .tooLarge:
            leave(.lost("a picture of the last publisher was larger than max_frame_size"))
            refuse(.pictureTooLarge(source.configuration.maxFrameSize))
        case .unreadable(let reason):
            leave(.lost("what the last publisher sent cannot be read: \(reason)"))
            refuse(.text(.badRequest, "the body cannot be read: \(reason)"))
        }
    }

    private func refuse(_ answer: HTTPAnswer) {
        outlet.send(answer.head(for: request.head, keepAlive: nil), answer.body) { [request] in request.origin.network }
        outlet.cutOff()
    }

    /// Says that the pictures were taken, and how soon the next is wanted.
    private func succeed(keepsConnection: Bool) {
        let keeps = keepsConnection && request.head.isKeepAlive && request.head.hasOneLength && !gate.isDraining
        var answer = HTTPAnswer(.noContent, type: "", body: ByteBuffer(), headers: source.publisherAdvice)
        answer.headers.remove(name: "Content-Type")
        outlet.send(
            answer.head(for: request.head, keepAlive: keeps ? RequestHandler.keepAliveTime.nanoseconds / 1_000_000_000 : nil), ByteBuffer())
        guard keeps, let context else { return outlet.finish() }
        do {
            let headGate = try Listener.addHTTP(to: outlet, of: listener, gate, client: client, hasAnswered: true)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            headGate.begin(with: ByteBuffer())
        } catch {
            context.close(promise: nil)
        }
    }
}

extension PublishHandler: OutletOwner {
    func outletDrained() {}
}

@available(*, unavailable) extension PublishHandler: Sendable {}

extension Publisher.Visitor {
    init(_ request: PublishRequest, close: @escaping @Sendable () -> Void) {
        let program = request.head.headers.first(name: "User-Agent").map { CameraText($0, hiding: request.secrets) }
        self.init(
            name: request.name, address: request.origin.description, host: request.origin.host, program: program,
            isRelay: request.isRelay, close: close)
    }
}

extension HTTPAnswer {
    init(_ refusal: Source.PublisherRefusal) {
        switch refusal {
        case .taken(let wait):
            self = .text(.conflict, "another publisher is there already; try again in \(wait) s", headers: ["Retry-After": "\(wait)"])
        case .tooOften(let wait):
            let sentence = "too many connections have taken over from each other; try again in \(wait) s"
            self = .text(.conflict, sentence, headers: ["Retry-After": "\(wait)"])
        }
    }
}

extension Source {
    /// What the sender of single pictures is told: how many watch, and how many seconds may pass until its next picture.
    fileprivate var publisherAdvice: HTTPHeaders {
        let viewers = hub.totals.viewers
        let configuration = configuration
        // Often enough, while nobody watches, that the source does not count as lost.
        let rest = max(1, configuration.stallTimeout.components.seconds / 2)
        let watched = configuration.maxFPS.map { 1 / $0 } ?? 0
        return ["X-Viewers": "\(viewers)", "X-Interval": viewers > 0 ? Self.decimal(watched) : "\(rest)"]
    }

    private static func decimal(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded(.up))
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

extension HTTPRequestHead {
    /// Whether it says in one way only where its body ends.
    fileprivate var hasOneLength: Bool {
        headers["Content-Length"].count + headers["Transfer-Encoding"].count == 1
    }
}
