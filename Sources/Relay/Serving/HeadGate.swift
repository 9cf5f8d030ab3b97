import NIOCore
import Text

/// Keeps what stands behind a request's head from being read before that request is judged, where it may have a body; in front of the
/// decoder of requests.
///
/// A body that is published goes to another reader than that decoder, which takes a body without length for the next request. Requests
/// that fetch something pass.
final class HeadGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Before a request, where blank lines do not count.
        case start
        /// In a head; the bytes of its line so far but for a CR, and whether it is one that may have a body.
        case head(lineLength: Int, mayHaveBody: Bool)
        /// Behind a head that is being judged.
        case holding
        /// All passes, or nothing.
        case passing
        case discarding
    }

    /// Bytes of a refused body that are read and thrown away; beyond it the other side has to wait for the end of the connection.
    static let maxDiscarded = 4 << 20

    private var state = State.start
    private var rest = ByteBuffer()
    private var isReadDue = false
    private var isInside = false
    private var discarded = 0
    private var context: ChannelHandlerContext?
    /// What is done with the rest, once nothing of the head is on its way any more.
    private var whenOutside: (() -> Void)?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        whenOutside = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        if rest.readableBytes > 0 { rest.writeBuffer(&input) } else { rest = input }
        pass(context)
    }

    func read(context: ChannelHandlerContext) {
        switch state {
        case .holding: isReadDue = true
        case .discarding where discarded >= Self.maxDiscarded: isReadDue = true
        default: context.read()
        }
    }

    /// Passes on what may pass.
    private func pass(_ context: ChannelHandlerContext) {
        guard !isInside else { return }
        isInside = true
        while rest.readableBytes > 0 {
            switch state {
            case .holding:
                break
            case .passing:
                let all = rest
                rest = ByteBuffer()
                context.fireChannelRead(wrapInboundOut(all))
                continue
            case .discarding:
                discarded += rest.readableBytes
                rest = ByteBuffer()
                continue
            case .start, .head:
                if let piece = nextPiece() { context.fireChannelRead(wrapInboundOut(piece)) }
                continue
            }
            break
        }
        isInside = false
        if let whenOutside {
            self.whenOutside = nil
            whenOutside()
        }
    }

    /// The bytes up to the end of a head, or all.
    private func nextPiece() -> ByteBuffer? {
        var (state, length) = (state, 0)
        loop: for byte in rest.readableBytesView {
            length += 1
            switch state {
            case .start where byte == ASCII.carriageReturn || byte == ASCII.lineFeed: break
            case .start: state = .head(lineLength: 1, mayHaveBody: byte == UInt8(ascii: "P"))
            case .head(0, let mayHaveBody) where byte == ASCII.lineFeed:
                state = mayHaveBody ? .holding : .start
                break loop
            case .head(_, let mayHaveBody) where byte == ASCII.lineFeed: state = .head(lineLength: 0, mayHaveBody: mayHaveBody)
            case .head where byte == ASCII.carriageReturn: break
            case .head(let lineLength, let mayHaveBody): state = .head(lineLength: lineLength + 1, mayHaveBody: mayHaveBody)
            case .holding, .passing, .discarding: break loop
            }
        }
        self.state = state
        return rest.readSlice(length: length)
    }

    private func go(_ state: State) {
        self.state = state
        guard let context else { return }
        pass(context)
        if isReadDue {
            isReadDue = false
            read(context: context)
        }
    }

    /// The request was answered: another one may follow.
    func nextRequest() {
        if case .holding = state { go(.start) }
    }

    /// What follows is no request: it belongs to whoever has taken over the connection.
    func open() { go(.passing) }

    /// The request was refused: its body is thrown away.
    func discard() { go(.discarding) }

    /// Calls `body` with what has come behind the head, once the decoder is out of it; then nothing is held here any more.
    func handOver(_ body: @escaping (ByteBuffer) -> Void) {
        let handOver = { [self] in
            let all = rest
            rest = ByteBuffer()
            state = .passing
            body(all)
            if isReadDue {
                isReadDue = false
                context?.read()
            }
        }
        if isInside { whenOutside = handOver } else { handOver() }
    }

    /// Begins anew with bytes that came behind a body.
    func begin(with bytes: ByteBuffer) {
        rest = bytes
        state = .start
        if let context { pass(context) }
    }
}

@available(*, unavailable) extension HeadGate: Sendable {}
