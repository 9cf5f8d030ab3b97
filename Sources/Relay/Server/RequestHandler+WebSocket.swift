import NIOCore
import NIOHTTP1
import NIOWebSocket

extension RequestHandler {
    /// Answers a handshake and gives the connection to a ``WebSocketViewer``; else returns the refusal. It may be any request of
    /// a connection: NIO's own upgrade handler takes the first alone, but proxies use a connection again.
    func upgrade(
        _ head: HTTPRequestHead, to source: Source, _ request: Server.WebSocketRequest, _ server: Server, _ context: ChannelHandlerContext
    ) -> HTTPAnswer? {
        guard let fields = WebSocketHandshake.answer(to: head) else {
            // A page whose WebSocket was refused asks for it as for a file, since browsers do not tell it why: it hears what counts.
            return server.hasSeat(for: source) ? WebSocketHandshake.required : Server.fullHouse
        }
        let channel = context.channel
        let pipeline = context.pipeline.syncOperations
        guard let shard = source.hub.shard(on: context.eventLoop),
            let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self),
            let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self),
            let seat = server.seat(for: source, from: request.origin)
        else { return Server.fullHouse }
        let response = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: fields)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        let viewer = WebSocketViewer(shard: shard, request: request, seat: seat)
        do {
            // Removed last, the decoder passes on what it has read behind the request; by then only WebSocket handlers are behind it.
            pipeline.removeHandler(encoder, promise: nil)
            try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketViewer.maxMessageBytes)))
            try pipeline.addHandler(viewer)
            pipeline.removeHandler(self, promise: nil)
            pipeline.removeHandler(decoder, promise: nil)
            channel.read()
        } catch {
            channel.close(promise: nil)
        }
        return nil
    }
}
