import NIOCore
import NIOHTTP1
import NIOPosix

/// How an HTTP connection becomes a stream's.
extension StreamHandler {
    /// Puts a handler behind those of HTTP and takes these out: nothing is for them any more.
    static func take(
        over outlet: Outlet, in pipeline: ChannelPipeline.SynchronousOperations, shard: HubShard, _ request: StreamRequest, _ seat: Seat
    ) throws {
        try pipeline.addHandler(StreamHandler(shard: shard, request: request, seat: seat, makeOutlet: { _ in outlet }))
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            pipeline.removeHandler(decoder, promise: nil)
        }
        if let requests = try? pipeline.handler(type: RequestHandler.self) { pipeline.removeHandler(requests, promise: nil) }
    }

    /// Takes the connection to the loop of `shard`: its socket gets a second descriptor and, with that, another channel. The
    /// channel that it had closes, which ends the connection no more than closing one of two descriptors does.
    ///
    /// False, with nothing done, for a wrapped transport, while an earlier answer has not left, and where no descriptor is to be had.
    static func move(_ outlet: Outlet, to shard: HubShard, _ request: StreamRequest, _ seat: Seat) -> Bool {
        // What an answer before this one has left in the channel cannot move.
        guard outlet.isDrained, let socket = PlainSocket(outlet.channel, outlet.transport) else { return false }
        let (transport, limits) = (outlet.transport, seat.limits)
        let descriptors = limits.descriptors
        guard descriptors.takePlace() else { return false }
        guard let copy = socket.duplicate() else {
            descriptors.givePlacesBack(1)
            return false
        }
        descriptors.connectionOpened()
        outlet.channel.close(promise: nil)
        ClientBootstrap(group: shard.eventLoop)
            .channelOption(.writeBufferWaterMark, value: Listener.waterMark)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeSpin, value: 0)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.closeFuture.whenComplete { _ in descriptors.connectionClosed() }
                return channel.eventLoop.makeCompletedFuture {
                    let handler = StreamHandler(shard: shard, request: request, seat: seat) { Outlet($0, transport, limits) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .withConnectedSocket(copy)
            .whenFailure { _ in seat.leave(nil) }
        return true
    }
}
