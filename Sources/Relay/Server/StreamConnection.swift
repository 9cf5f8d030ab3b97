import MJPEG
import NIOCore

/// A viewer's connection that carries a multipart stream.
struct StreamConnection: ViewerConnection {
    private let context: ChannelHandlerContext
    private let channel: any Channel
    private let queue: SocketQueue
    private let form: StreamForm

    init(context: ChannelHandlerContext, form: StreamForm) {
        self.context = context
        self.form = form
        channel = context.channel
        queue = SocketQueue(channel)
    }

    var isWritten: Bool { channel.isWritable }

    var isDrained: Bool { channel.isWritable && queue.unsentBytes == 0 }

    func write(_ newest: Hub.Newest) -> Int {
        let part = form.part(of: newest.frame)
        context.writeAndFlush(NIOAny(part), promise: nil)
        return part.readableBytes
    }

    func close() {
        context.close(promise: nil)
    }
}
