import MJPEG
import NIOCore
import NIOSSL
import NIOTLS

/// Asks a camera over one connection, on that connection's event loop: sends the request, reads the answer's head, and gives the
/// body to what reads it.
final class UpstreamHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Nothing was asked yet: the certificate comes first.
        case handshake
        case head(ResponseHeadReader)
        case stream(StreamReading)
        case picture(PictureReading)
        /// The answer brings nothing to see.
        case refusal(RefusalReading)
        /// Answered; another request may follow.
        case over
    }

    private var inquiry: Inquiry
    private var exchange: Exchange
    private var phase = Phase.handshake
    private var context: ChannelHandlerContext?
    private let isEncrypted: Bool
    private var certificate: Certificate?
    /// Whether something wanted to read the connection while a frame was held back.
    private var isReadDue = false

    init(_ inquiry: Inquiry, exchange: Exchange, isEncrypted: Bool) {
        self.inquiry = inquiry
        self.exchange = exchange
        self.isEncrypted = isEncrypted
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Encrypted, nothing is said before the camera's certificate is checked, a login least of all.
        if !isEncrypted { send(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        stopReading()
    }

    /// Asks once more over a connection that was kept.
    func ask(_ inquiry: Inquiry, exchange: Exchange) {
        self.inquiry = inquiry
        self.exchange = exchange
        guard let context, context.channel.isActive else { return end(.failure(.closedBeforeHead)) }
        send(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, case .handshake = phase {
            certificate = peerCertificate(context)
            send(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Nothing is read from the camera while a frame is held back.
    func read(context: ChannelHandlerContext) {
        if case .stream(let reading) = phase, reading.isHolding {
            isReadDue = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        if case .head(var reader) = phase {
            do throws(CameraError) {
                guard let head = try reader.read(&input) else {
                    phase = .head(reader)
                    return
                }
                guard exchange.answered(head) else {
                    phase = .over
                    return
                }
                inquiry.headCame(head)
                inquiry.settings.observer?(head, inquiry.request.url)
                take(head, context)
            } catch {
                return end(.failure(error))
            }
        }
        switch phase {
        case .stream(let reading): reading.take(&input)
        case .picture(let reading): reading.take(&input)
        case .refusal(let reading): reading.take(&input)
        case .over where input.readableBytes > 0:
            // Nobody has asked: such a connection is not to be used again.
            context.close(promise: nil)
        case .handshake, .head, .over: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .stream(let reading) = phase { reading.tookAll() }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .handshake:
            end(.failure(.connection(reason: "camera closed the connection before it was asked anything")))
        case .head(let reader):
            end(.failure(reader.errorAtEnd()))
        case .stream(let reading): reading.connectionEnded()
        case .picture(let reading): reading.connectionEnded()
        case .refusal(let reading): reading.connectionEnded()
        case .over: break
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Cameras seldom say goodbye before they close; the close itself follows.
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        if isEncrypted, case .handshake = phase,
            let failure = CameraError(tls: error, certificate: peerCertificate(context), trust: inquiry.settings.trust)
        {
            end(.failure(failure))
        } else {
            end(.failure(CameraError(connection: error)))
        }
    }

    private func peerCertificate(_ context: ChannelHandlerContext) -> Certificate? {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        return handler?.peerCertificate.flatMap { Certificate($0) }
    }

    private func send(_ context: ChannelHandlerContext) {
        phase = .head(ResponseHeadReader(hiding: inquiry.secrets))
        var buffer = context.channel.allocator.buffer(capacity: 512)
        inquiry.request.write(into: &buffer)
        inquiry.sent()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// Decides by the head how the body is read.
    private func take(_ head: ResponseHead, _ context: ChannelHandlerContext) {
        guard head.status == 200 else { return refuse(head, context) }
        let address = CameraText("\(inquiry.request.url)", hiding: inquiry.secrets, limit: 300)
        var known = CameraDescription(address: address, certificate: certificate)
        known.isPolledUnasked = inquiry.isPolledUnasked
        known.take(inquiry.oddities)
        known.stallTimeout = head.stallTimeout
        let maxFrameSize = inquiry.settings.maxFrameSize
        switch inquiry.purpose {
        case .stream:
            let reader = StreamReader(head: head, maxFrameSize: maxFrameSize, hiding: inquiry.secrets, description: known)
            phase = .stream(
                StreamReading(
                    reader, inquiry, eventLoop: context.eventLoop, resume: { [weak self] in self?.resume() },
                    ended: { [weak self] in self?.end(.failure($0)) }))
        case .picture(let previous):
            let reader = StreamReader(
                head: head, maxFrameSize: maxFrameSize, isStream: false, hiding: inquiry.secrets, description: known)
            phase = .picture(
                PictureReading(
                    reader, head: head, previous: previous, inquiry, eventLoop: context.eventLoop,
                    ended: { [weak self] result, mayAskAgain in self?.end(result, mayAskAgain: mayAskAgain) }))
        }
    }

    /// Ends the exchange with an answer that brings nothing to see; where the connection may be asked again, its body is read first.
    private func refuse(_ head: ResponseHead, _ context: ChannelHandlerContext) {
        if case .picture(_?) = inquiry.purpose, head.status == 304 { inquiry.sink.unchanged() }
        guard inquiry.request.keepsConnection, head.keepsConnection else { return end(.success(CameraAnswer(head: head))) }
        phase = .refusal(
            RefusalReading(head, eventLoop: context.eventLoop) { [weak self] mayAskAgain in
                self?.end(.success(CameraAnswer(head: head)), mayAskAgain: mayAskAgain)
            })
    }

    /// A frame that was held back is out: the connection is read again.
    private func resume() {
        guard isReadDue, let context else { return }
        isReadDue = false
        read(context: context)
    }

    private func kept() -> KeptConnection? {
        context.map { KeptConnection(channel: $0.channel, handler: NIOLoopBound(self, eventLoop: $0.eventLoop)) }
    }

    private func stopReading() {
        switch phase {
        case .stream(let reading): reading.stop()
        case .picture(let reading): reading.stop()
        case .refusal(let reading): reading.stop()
        case .handshake, .head, .over: break
        }
    }

    private func end(_ result: Result<CameraAnswer, CameraError>, mayAskAgain: Bool = false) {
        stopReading()
        phase = .over
        exchange.end(
            result.map { answer in
                var answer = answer
                answer.peer = context?.remoteAddress
                if mayAskAgain { answer.connection = kept() }
                return answer
            })
    }
}

@available(*, unavailable) extension UpstreamHandler: Sendable {}
