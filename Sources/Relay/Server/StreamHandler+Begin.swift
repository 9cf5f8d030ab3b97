import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// How an HTTP connection becomes a stream's.
extension StreamHandler {
    /// Puts a handler first into the pipeline and takes those of HTTP out: nothing is for them any more.
    static func take(
        over pipeline: ChannelPipeline.SynchronousOperations, _ shard: HubShard, _ seat: Seat, _ request: Server.StreamRequest
    ) throws {
        try pipeline.addHandler(StreamHandler(shard: shard, seat: seat, request: request), position: .first)
        if let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) { pipeline.removeHandler(encoder, promise: nil) }
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        if let requests = try? pipeline.handler(type: RequestHandler.self) { pipeline.removeHandler(requests, promise: nil) }
    }

    /// Takes the connection to the loop of `shard`: its socket gets a second descriptor and, with that, another channel. The
    /// channel that it had closes, which ends the connection no more than closing one of two descriptors does.
    static func move(_ channel: any Channel, to shard: HubShard, _ seat: Seat, _ request: Server.StreamRequest) throws {
        let copy = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            fcntl($0, F_DUPFD_CLOEXEC, 0)
        }
        guard let copy, copy >= 0 else { throw IOError(errnoCode: errno, reason: "fcntl") }
        channel.close(promise: nil)
        // The old channel's place is given back when it closes.
        let limits = seat.limits
        limits.connectionOpened()
        ClientBootstrap(group: shard.eventLoop)
            .channelOption(.writeBufferWaterMark, value: Listener.waterMark)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeSpin, value: 0)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamHandler(shard: shard, seat: seat, request: request))
                }
            }
            .withConnectedSocket(copy)
            .whenComplete { result in
                switch result {
                case .success(let channel): channel.closeFuture.whenComplete { _ in limits.connectionClosed() }
                case .failure:
                    limits.connectionClosed()
                    limits.viewerLeft(seat.source.name)
                }
            }
    }
}
