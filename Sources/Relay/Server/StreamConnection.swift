import NIOCore
import NIOHTTP1

/// A viewer's connection that carries a multipart stream.
struct StreamConnection: ViewerConnection {
    let context: ChannelHandlerContext
    let form: StreamForm

    var isDrained: Bool { context.channel.isWritable }
    var unsentBytes: Int { context.channel.unsentBytes }
    var wantsFilling: Bool { true }

    func write(_ newest: Hub.Newest) -> Int {
        let part = form.part(of: newest.frame)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.body(.byteBuffer(part))), promise: nil)
        return part.readableBytes
    }

    func close() {
        context.close(promise: nil)
    }
}

extension Channel {
    /// Bytes written to this channel that the kernel has not taken yet; on the channel's event loop.
    var unsentBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
