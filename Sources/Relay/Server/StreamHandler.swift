import MJPEG
import NIOCore

/// A connection that has become a stream: writes the response's head and then parts, each in one piece straight to the
/// socket, and throws away what the viewer sends.
///
/// It stands first in the pipeline; the HTTP handlers behind it are taken out, since nothing is for them any more. Bound to
/// its channel's event loop.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let hub: Hub
    private let shard: HubShard
    private let request: StreamRequest
    private var viewer: Viewer?

    init(hub: Hub, shard: HubShard, request: StreamRequest) {
        self.hub = hub
        self.shard = shard
        self.request = request
    }

    func handlerAdded(context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(Listener.unsentLowWater, value: Listener.unsentLowWaterBytes)
        context.write(wrapOutboundOut(StreamResponse.opening(request.form)), promise: nil)
        let connection = StreamConnection(context: context, form: request.form)
        let viewer = Viewer(hub: hub, shard: shard, connection: connection, pacer: request.pacer)
        self.viewer = viewer
        viewer.start()
        // With a frame the opening has gone out already, both in one call.
        context.flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelReadComplete(context: ChannelHandlerContext) {}

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { viewer?.written() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        viewer?.stop()
        viewer = nil
        context.fireChannelInactive()
    }
}

@available(*, unavailable) extension StreamHandler: Sendable {}
