import MJPEG
import NIOCore

/// Reads one camera's answer on its connection's event loop: head, transfer coding, frames.
final class UpstreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case head(ResponseHeadReader)
        case body(StreamReader)
        case over
    }

    private let request: CameraRequest
    private let settings: HTTPCamera.Settings
    private let sink: FrameSink
    private let exchange: Exchange
    private var phase = Phase.head(ResponseHeadReader())
    /// When the last frame was whole; the head's end before the first.
    private var lastFrame = NIODeadline.now()
    private var stallTimer: Scheduled<Void>?

    init(request: CameraRequest, settings: HTTPCamera.Settings, sink: FrameSink, exchange: Exchange) {
        self.request = request
        self.settings = settings
        self.sink = sink
        self.exchange = exchange
    }

    func handlerAdded(context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 512)
        request.write(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        do throws(CameraError) {
            try read(&input, context: context)
        } catch {
            end(.failure(error))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .head(let reader): end(.failure(reader.errorAtEnd()))
        case .body(var reader):
            if let frame = reader.finish() { deliver(frame) }
            end(.failure(reader.endError))
        case .over: break
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(CameraError(connection: error)))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stallTimer?.cancel()
    }

    private func read(_ input: inout ByteBuffer, context: ChannelHandlerContext) throws(CameraError) {
        if case .head(var reader) = phase {
            guard let head = try reader.read(&input) else {
                phase = .head(reader)
                return
            }
            exchange.answered()
            guard head.status == 200 else {
                end(.success(head))
                return
            }
            let stream = StreamReader(head: head, maxFrameSize: settings.maxFrameSize)
            sink.connected(stream.description)
            phase = .body(stream)
            lastFrame = .now()
            watchForStall(context.eventLoop)
        }
        // Taken out while it works: a copy in `phase` would make each change copy its buffers.
        guard case .body(var reader) = phase else { return }
        phase = .over
        while let frame = try reader.next(&input) {
            deliver(frame)
        }
        if reader.isEnded {
            end(.failure(reader.endError))
        } else {
            phase = .body(reader)
        }
    }

    private func deliver(_ frame: Frame) {
        // What a relay before us repeats or puts in shows that it lives, not that its camera does.
        if frame.kind == .live { lastFrame = .now() }
        sink.frame(frame)
    }

    private func end(_ result: Result<ResponseHead, CameraError>) {
        phase = .over
        stallTimer?.cancel()
        stallTimer = nil
        exchange.end(result)
    }

    /// Looks again when the newest frame would be too old; bytes that make no frame do not count.
    private func watchForStall(_ eventLoop: any EventLoop) {
        let limit = settings.stallTimeout
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        stallTimer = eventLoop.scheduleTask(deadline: lastFrame + TimeAmount(limit)) {
            let handler = bound.value
            guard case .body = handler.phase else { return }
            if NIODeadline.now() - handler.lastFrame >= TimeAmount(limit) {
                handler.end(.failure(.stalled(after: limit)))
            } else {
                handler.watchForStall(bound.eventLoop)
            }
        }
    }
}

@available(*, unavailable) extension UpstreamHandler: Sendable {}
