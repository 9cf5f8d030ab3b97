import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// How an HTTP connection becomes a stream's.
extension StreamHandler {
    /// Puts a handler first into the pipeline and takes those of HTTP out: nothing is for them any more.
    static func take(
        over pipeline: ChannelPipeline.SynchronousOperations, shard: HubShard, _ request: Server.StreamRequest, _ seat: Seat
    ) throws {
        try pipeline.addHandler(StreamHandler(shard: shard, request: request, seat: seat), position: .first)
        if let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) { pipeline.removeHandler(encoder, promise: nil) }
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        if let requests = try? pipeline.handler(type: RequestHandler.self) { pipeline.removeHandler(requests, promise: nil) }
    }

    /// Takes the connection to the loop of `shard`: its socket gets a second descriptor and, with that, another channel. The
    /// channel that it had closes, which ends the connection no more than closing one of two descriptors does. False, with nothing done,
    /// where no descriptor is to be had.
    static func move(_ channel: any Channel, to shard: HubShard, _ request: Server.StreamRequest, _ seat: Seat) -> Bool {
        let copy = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            fcntl($0, F_DUPFD_CLOEXEC, 0)
        }
        guard let copy, copy >= 0 else { return false }
        channel.close(promise: nil)
        ClientBootstrap(group: shard.eventLoop)
            .channelOption(.writeBufferWaterMark, value: Listener.waterMark)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeSpin, value: 0)
            .channelInitializer { channel in
                seat.limits.connectionOpened()
                channel.closeFuture.whenComplete { _ in seat.limits.connectionClosed() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamHandler(shard: shard, request: request, seat: seat))
                }
            }
            .withConnectedSocket(copy)
            .whenFailure { _ in seat.leave(nil) }
        return true
    }
}
