import MJPEG
import NIOCore
import NIOSSL
import NIOTLS

/// Reads one camera's answers on its connection's event loop: head, transfer coding, frames.
final class UpstreamHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Nothing was asked yet: the certificate comes first.
        case handshake
        case head(ResponseHeadReader)
        case stream(StreamReader)
        case picture(StreamReader, ResponseHead, Frame?)
        case over
    }

    /// A frame that came before everyone was offered the one before, and the bytes behind it.
    private struct Held {
        let frame: Frame
        var input: ByteBuffer
        /// When it goes out in any case.
        let deadline: NIODeadline
        var isReadDue = false
    }

    /// The longest that a frame is held back. Cameras that send frames in bursts (VLC, five at once) need well under one
    /// millisecond for each; a busy machine more.
    private static let holdTime = TimeAmount.milliseconds(20)
    private static let holdInterval = TimeAmount.microseconds(100)
    /// How often one connection's description changes at most.
    private static let maxDescriptions = 8
    /// How often it is told how many pictures were dropped.
    private static let countInterval = TimeAmount.milliseconds(250)

    private var inquiry: Inquiry
    private var exchange: Exchange
    private var phase = Phase.handshake
    private var context: ChannelHandlerContext?
    private let isEncrypted: Bool
    private var certificate: Certificate?
    private var descriptions = 0
    private var shownQuirks: Quirks = []
    private var shownDropped = 0
    private var nextCount = NIODeadline.distantPast
    /// When the last frame was whole; the head's end before the first.
    private var lastFrame = NIODeadline.now()
    private var stallTimer: Scheduled<Void>?
    private var held: Held?

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
        held = nil
        stallTimer?.cancel()
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

    /// Nothing is read from the camera while a frame is held.
    func read(context: ChannelHandlerContext) {
        if held == nil {
            context.read()
        } else {
            held?.isReadDue = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if held != nil {
            // Read before the hold, decrypted after it.
            var more = unwrapInboundIn(data)
            held?.input.writeBuffer(&more)
            return
        }
        if case .over = phase {
            // Nobody has asked: such a connection is not to be used again.
            context.close(promise: nil)
            return
        }
        var input = unwrapInboundIn(data)
        do throws(CameraError) {
            try read(&input, context: context)
        } catch {
            end(.failure(error))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if held != nil { release(context, atOnce: true) }
        switch phase {
        case .handshake:
            end(.failure(.connection(reason: "camera closed the connection before it was asked anything")))
        case .head(let reader):
            end(.failure(reader.errorAtEnd()))
        case .stream(var reader):
            phase = .over
            let frame = reader.finish()
            describe(reader, isLast: true)
            if let frame { deliver(frame) }
            end(.failure(reader.endError))
        case .picture(var reader, let head, let picture):
            phase = .over
            if let picture = picture ?? reader.finish() {
                finish(picture, head: head, description: reader.description, isReusable: false)
            } else {
                end(.failure(reader.endError))
            }
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
        phase = .head(ResponseHeadReader())
        var buffer = context.channel.allocator.buffer(capacity: 512)
        inquiry.request.write(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// `mayHold` is false where there is no time: all that came is passed on now.
    private func read(_ input: inout ByteBuffer, context: ChannelHandlerContext, mayHold: Bool = true) throws(CameraError) {
        if case .head(var reader) = phase {
            guard let head = try reader.read(&input) else {
                phase = .head(reader)
                return
            }
            exchange.answered()
            inquiry.settings.observer?(head, inquiry.request.url)
            try take(head, &input)
        }
        // Taken out while it works: a copy in `phase` would make each change copy its buffers.
        switch phase {
        case .stream(var reader):
            phase = .over
            while let frame = try reader.next(&input) {
                describe(reader)
                guard inquiry.sink.isSettled() || !mayHold else {
                    held = Held(frame: frame, input: input, deadline: .now() + Self.holdTime)
                    phase = .stream(reader)
                    awaitSettling(context)
                    return
                }
                deliver(frame)
            }
            describe(reader, isLast: reader.isEnded)
            if reader.isEnded {
                end(.failure(reader.endError))
            } else {
                phase = .stream(reader)
            }
        case .picture(var reader, let head, var picture):
            phase = .over
            while let frame = try reader.next(&input) {
                picture = picture ?? frame
            }
            if reader.isEnded, picture == nil { picture = reader.finish() }
            if let picture, reader.isEnded || !reader.endsByItself {
                let isReusable = reader.isEnded && head.keepsConnection && input.readableBytes == 0
                finish(picture, head: head, description: reader.description, isReusable: isReusable)
            } else if reader.isEnded {
                end(.failure(reader.endError))
            } else {
                phase = .picture(reader, head, picture)
            }
        case .handshake, .head, .over: break
        }
    }

    /// Decides by the head how the body is read.
    private func take(_ head: ResponseHead, _ input: inout ByteBuffer) throws(CameraError) {
        guard head.status == 200 else {
            var answer = Answer(head: head)
            if case .picture(let previous) = inquiry.purpose {
                if head.status == 304, previous != nil { inquiry.sink.unchanged() }
                // What is at hand of the body is read; more is not waited for, since some cameras never end a refusal.
                var body = BodyReader(head: head)
                while try body.next(&input) != nil {}
                if body.isEnded, head.keepsConnection, input.readableBytes == 0 { answer.connection = kept() }
            }
            end(.success(answer))
            return
        }
        let known = CameraDescription(address: "\(inquiry.request.url)", certificate: certificate)
        switch inquiry.purpose {
        case .stream:
            let reader = StreamReader(head: head, maxFrameSize: inquiry.settings.maxFrameSize, description: known)
            inquiry.sink.connected(reader.description)
            phase = .stream(reader)
        case .picture:
            phase = .picture(
                StreamReader(head: head, maxFrameSize: inquiry.settings.maxFrameSize, isStream: false, description: known), head, nil)
        }
        lastFrame = .now()
        if let context { watchForStall(context.eventLoop) }
    }

    /// Tells of what was odd, once for each new thing, and of what was dropped, now and then.
    private func describe(_ reader: StreamReader, isLast: Bool = false) {
        let isNew = reader.quirks != shownQuirks && descriptions < Self.maxDescriptions
        guard isNew || reader.picturesDropped != shownDropped && (isLast || nextCount <= .now()) else { return }
        if isNew { descriptions += 1 }
        shownQuirks = reader.quirks
        shownDropped = reader.picturesDropped
        nextCount = .now() + Self.countInterval
        inquiry.sink.connected(reader.description)
    }

    private func awaitSettling(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.holdInterval) {
            let (handler, context) = bound.value
            guard let held = handler.held else { return }
            if handler.inquiry.sink.isSettled() || held.deadline <= .now() {
                handler.release(context, atOnce: false)
            } else {
                handler.awaitSettling(context)
            }
        }
    }

    /// Passes the held frame on and goes on with what came behind it.
    private func release(_ context: ChannelHandlerContext, atOnce: Bool) {
        guard var released = held else { return }
        held = nil
        guard case .stream = phase else { return }
        deliver(released.frame)
        do throws(CameraError) {
            try read(&released.input, context: context, mayHold: !atOnce)
        } catch {
            end(.failure(error))
        }
        if released.isReadDue { read(context: context) }
    }

    private func deliver(_ frame: Frame) {
        // What a relay before us repeats or puts in shows that it lives, not that its camera does.
        if frame.kind == .live { lastFrame = .now() }
        inquiry.sink.frame(frame)
    }

    /// Passes a single picture on, unless it is the one before, and ends the exchange.
    private func finish(_ picture: Frame, head: ResponseHead, description: CameraDescription, isReusable: Bool) {
        if inquiry.known != description { inquiry.sink.connected(description) }
        if case .picture(let previous?) = inquiry.purpose, previous.jpeg == picture.jpeg {
            inquiry.sink.unchanged()
        } else {
            inquiry.sink.frame(picture)
        }
        end(.success(Answer(head: head, picture: picture, description: description, connection: isReusable ? kept() : nil)))
    }

    private func kept() -> KeptConnection? {
        context.map { KeptConnection(channel: $0.channel, handler: NIOLoopBound(self, eventLoop: $0.eventLoop)) }
    }

    private func end(_ result: Result<Answer, CameraError>) {
        phase = .over
        held = nil
        stallTimer?.cancel()
        stallTimer = nil
        exchange.end(result)
    }

    /// Looks again when the newest frame would be too old; bytes that make no frame do not count.
    private func watchForStall(_ eventLoop: any EventLoop) {
        let limit = inquiry.patience
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        stallTimer = eventLoop.scheduleTask(deadline: lastFrame + TimeAmount(limit)) {
            bound.value.noteStall(limit, bound.eventLoop)
        }
    }

    private func noteStall(_ limit: Duration, _ eventLoop: any EventLoop) {
        switch phase {
        case .stream, .picture: break
        case .handshake, .head, .over: return
        }
        if NIODeadline.now() - lastFrame >= TimeAmount(limit) {
            if case .stream(let reader) = phase, reader.endError == .singlePicture {
                end(.failure(.singlePicture))
            } else {
                end(.failure(.stalled(after: limit)))
            }
        } else {
            watchForStall(eventLoop)
        }
    }
}

@available(*, unavailable) extension UpstreamHandler: Sendable {}
