import CameraClient
import MJPEG
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Text

/// A WebSocket whose binary messages are a source's pictures: a JPEG each, or what ``RelayWire`` says where a relay publishes.
///
/// The last handler of a connection that ``RequestHandler`` has given away; bound to its event loop.
final class PublishSocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// A relay says something at least this often, if only a ping.
    private static let maxSilence = TimeAmount.seconds(40)
    /// Messages without a picture, one behind the other, after which the connection ends.
    private static let maxBadMessages = 16
    private static let lookInterval = TimeAmount.milliseconds(500)

    private let source: Source
    private let request: PublishRequest
    private let outlet: Outlet
    private let gate: Gate
    private var publisher: Publisher?
    private var sink: FrameSink?
    private var inbox: WebSocketInbox
    private let maxMessageBytes: Int
    private var lastWord = NIODeadline.now()
    private var lastFrame: NIODeadline?
    /// What the other relay wants to know and has not been sent.
    private var unsentWish: ByteBuffer?
    private var unsentAcknowledgement: ByteBuffer?
    private var badMessages = 0
    private var clock: RepeatedTask?
    private var isEnding = false

    init(source: Source, request: PublishRequest, outlet: Outlet, gate: Gate) {
        self.source = source
        self.request = request
        self.outlet = outlet
        self.gate = gate
        maxMessageBytes = source.configuration.maxFrameSize + (request.isRelay ? RelayWire.prefixBytes : 0)
        inbox = WebSocketInbox(maxMessageBytes: maxMessageBytes, wantsTexts: request.isRelay)
    }

    /// Asks the source whether it takes this publisher, and returns the refusal where it does not.
    func knock() -> HTTPAnswer? {
        let eventLoop = outlet.channel.eventLoop
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        var visitor = Publisher.Visitor(request, close: { eventLoop.execute { bound.value.outlet.cut() } })
        if request.isRelay { visitor.want = { wish in eventLoop.execute { bound.value.tell(RelayWire.text(of: wish)) } } }
        do throws(Source.PublisherRefusal) {
            publisher = try source.admit(visitor)
            return nil
        } catch {
            return HTTPAnswer(error)
        }
    }

    /// Puts this handler behind those of HTTP and takes these out.
    func take(over pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: maxMessageBytes)))
        try pipeline.addHandler(self)
        if let requests = try? pipeline.handler(type: RequestHandler.self) { pipeline.removeHandler(requests, promise: nil) }
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        outlet.channel.read()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        outlet.owner = self
        guard let publisher else { return }
        let sink = source.sink(of: publisher)
        sink.connected(publisher.visitor.description)
        self.sink = sink
        lastWord = .now()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { _ in bound.value.look()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastWord = .now()
        switch inbox.take(unwrapInboundIn(data)) {
        case .nothing: break
        case .message(let bytes): if request.isRelay { takeFrame(of: bytes) } else { take(bytes, at: .now(), kind: .live) }
        case .text(let bytes): takeState(String(buffer: bytes))
        case .pong(let bytes): send(WebSocketWire.control(.pong, bytes))
        case .close(let bytes):
            end(WebSocketWire.control(.connectionClose, bytes), .lost("the last publisher has closed its connection"))
        case .fail(.messageTooLarge): tooLarge()
        case .fail(let code): end(WebSocketWire.close(code), .lost("the last publisher's messages could not be read"))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return }
        outlet.peerFinished()
        leave(.lost("the last publisher's connection ended"))
        outlet.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: tooLarge()
        case is NIOWebSocketError: end(WebSocketWire.close(.protocolError), .lost("the last publisher's messages could not be read"))
        default: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        outlet.channelClosed()
        leave(.lost("the last publisher's connection ended"))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        outlet.channelClosed()
        leave(.lost("the last publisher's connection ended"))
    }

    // MARK: - What comes

    private func takeFrame(of message: ByteBuffer) {
        guard let message = RelayWire.read(message) else { return bad() }
        take(message.jpeg, at: message.time, kind: message.kind)
        unsentAcknowledgement = acknowledging(message.sequence)
        sendWords()
    }

    private func take(_ jpeg: ByteBuffer, at time: Timestamp, kind: Frame.Kind) {
        let own = request.isRelay ? time : nil
        guard let frame = Frame(jpeg: jpeg, timestamp: time, kind: kind, upstreamTimestamp: own) else { return bad() }
        badMessages = 0
        if kind == .live { lastFrame = .now() }
        sink?.frame(frame)
    }

    private func acknowledging(_ sequence: UInt64) -> ByteBuffer { WebSocketWire.control(.binary, RelayWire.acknowledgement(of: sequence)) }

    private func takeState(_ text: String) {
        guard let publisher, text.utf8.count <= RelayWire.maxTextBytes, let told = RelayWire.state(text),
            let state = SourceState(rawValue: told.state)
        else { return }
        let error = told.sentence.map { CameraError.publisherSays(code: told.code ?? "publisher", reason: $0) }
        source.desk.told(PublisherDesk.Told(state: state, error: state.isWell ? nil : error), by: publisher)
    }

    private func bad() {
        badMessages += 1
        guard badMessages >= Self.maxBadMessages else { return }
        end(WebSocketWire.close(.dataInconsistentWithMessage), .lost("the last publisher's messages were no whole JPEGs"))
    }

    private func tooLarge() {
        end(WebSocketWire.close(.messageTooLarge), .lost("a picture of the last publisher was larger than max_frame_size"))
    }

    private func look() {
        guard !isEnding else { return }
        let now = NIODeadline.now()
        if request.isRelay {
            if now - lastWord > Self.maxSilence { outlet.cut() }
            return
        }
        guard let publisher else { return }
        let patience = TimeAmount(source.configuration.stallTimeout)
        let limit = lastFrame == nil ? min(patience, TimeAmount(PublishedBody.maxWaitForFirst)) : patience
        guard now - (lastFrame ?? publisher.since) >= limit else { return }
        end(WebSocketWire.close(.goingAway), .stalled(after: .nanoseconds(limit.nanoseconds)))
    }

    // MARK: - What goes

    private func tell(_ text: String) {
        unsentWish = WebSocketWire.control(.text, ByteBuffer(string: text))
        sendWords()
    }

    /// Sends what another relay waits for; of what it has not taken yet, the newest is kept.
    private func sendWords() {
        guard !isEnding else { return }
        if outlet.isDrained, let wish = unsentWish {
            unsentWish = nil
            outlet.send(wish)
        }
        if outlet.isDrained, let acknowledgement = unsentAcknowledgement {
            unsentAcknowledgement = nil
            outlet.send(acknowledgement)
        }
    }

    /// A publisher that does not read must not make us keep the answers to its pings.
    private func send(_ frame: ByteBuffer) {
        guard !isEnding, outlet.isDrained else { return }
        outlet.send(frame)
    }

    private func leave(_ ending: PublisherDesk.Ending) {
        clock?.cancel()
        clock = nil
        sink = nil
        guard let publisher else { return }
        self.publisher = nil
        source.desk.ended(publisher, ending)
    }

    private func end(_ closeFrame: ByteBuffer, _ ending: PublisherDesk.Ending) {
        guard !isEnding else { return }
        isEnding = true
        leave(ending)
        outlet.send(closeFrame)
        outlet.cutOff()
    }
}

extension PublishSocketHandler: OutletOwner {
    func outletDrained() { sendWords() }
}

@available(*, unavailable) extension PublishSocketHandler: Sendable {}
