import Glibc
import NIOCore

/// Reads the requests of one connection to a test camera and takes the steps for each, all on the connection's event loop.
final class StepHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: Int
    private let steps: TestCamera.Steps
    private var received = ByteBuffer()
    private var asked = 0

    init(connection: Int, _ steps: @escaping TestCamera.Steps) {
        self.connection = connection
        self.steps = steps
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        while let head = received.readHead() {
            let request = TestCamera.Request(connection: connection, number: asked, text: head)
            asked += 1
            take(steps(request)[...], context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func take(_ steps: ArraySlice<TestCamera.Step>, _ context: ChannelHandlerContext) {
        guard let step = steps.first else { return }
        let rest = steps.dropFirst()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        switch step {
        case .send(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            take(rest, context)
        case .bytewise(let bytes):
            for byte in bytes { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [byte])), promise: nil) }
            take(rest, context)
        case .endless(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenSuccess {
                // By way of the loop: a write that succeeds at once would call ever deeper.
                bound.value.1.eventLoop.execute {
                    let (handler, context) = bound.value
                    if context.channel.isActive { handler.take(steps, context) }
                }
            }
        case .pause(let milliseconds):
            context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
                let (handler, context) = bound.value
                if context.channel.isActive { handler.take(rest, context) }
            }
        case .close:
            context.close(promise: nil)
        case .reset:
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            context.close(promise: nil)
        }
    }
}
