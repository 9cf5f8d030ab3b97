import NIOCore
import NIOHTTP1
import NIOWebSocket

/// A viewer over WebSocket that gets each frame as a text message `data:image/jpg;base64,…`, as the older relay's pages
/// expect it. It takes the newest frame when the last one has left; what it sends is read and forgotten.
final class DataURLViewer: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The most that a client may send in one message.
    static let maxMessageBytes = 125

    private struct Connection: ViewerConnection {
        let context: ChannelHandlerContext
        let shard: HubShard
        let socket: ViewerSocket

        var isWritten: Bool { context.channel.isWritable }

        var isDrained: Bool { context.channel.isWritable && socket.unsentBytes == 0 }

        func write(_ newest: Hub.Newest) -> Int {
            let text = shard.dataURL(of: newest)
            context.writeAndFlush(NIOAny(WebSocketFrame(fin: true, opcode: .text, data: text)), promise: nil)
            return text.readableBytes
        }

        /// Says goodbye (RFC 6455, 7.4.1: going away), then closes.
        func close() {
            var code = ByteBuffer()
            code.write(webSocketErrorCode: .goingAway)
            context.writeAndFlush(NIOAny(WebSocketFrame(fin: true, opcode: .connectionClose, data: code)), promise: nil)
            context.close(promise: nil)
        }
    }

    private let source: Source
    private var viewer: Viewer?

    private init(source: Source) {
        self.source = source
    }

    /// Turns a request on any path into a viewer of the source called `name`.
    static func upgrader(to name: String, server: Server) -> NIOWebSocketServerUpgrader {
        NIOWebSocketServerUpgrader(
            maxFrameSize: maxMessageBytes,
            shouldUpgrade: { channel, _ in
                // Pages of other servers show the picture: that is what this port is for.
                channel.eventLoop.makeSucceededFuture(server.source(named: name) == nil ? nil : [:])
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    guard let source = server.source(named: name) else { throw ChannelError.ioOnClosedChannel }
                    try channel.pipeline.syncOperations.addHandler(DataURLViewer(source: source))
                }
            })
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let shard = source.hub.shard(on: context.eventLoop) else {
            context.close(promise: nil)
            return
        }
        try? context.channel.syncOptions?.setOption(Listener.unsentLowWater, value: Listener.unsentLowWaterBytes)
        let connection = Connection(context: context, shard: shard, socket: ViewerSocket(context.channel))
        let viewer = Viewer(hub: source.hub, shard: shard, connection: connection)
        self.viewer = viewer
        viewer.start()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .ping where context.channel.isWritable:
            // While a picture is in flight a ping goes unanswered: answers to a client that does not read would pile up.
            context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)), promise: nil)
        case .connectionClose:
            if context.channel.isWritable {
                context.writeAndFlush(
                    wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)), promise: nil)
            }
            context.close(promise: nil)
        default:
            break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { viewer?.written() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        viewer?.stop()
        viewer = nil
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        viewer?.stop()
        viewer = nil
    }
}

@available(*, unavailable) extension DataURLViewer: Sendable {}
