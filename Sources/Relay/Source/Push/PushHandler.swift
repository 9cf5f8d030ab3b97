import CameraClient
import MJPEG
import NIOCore
import NIOWebSocket
import Pacing
import RelayConfiguration
import Text

/// A connection to another relay that gets a source's frames while it wants them. To the hub, this is a viewer that acknowledges frames.
///
/// The last handler of a WebSocket that this relay has opened; bound to its event loop, which is the source's.
final class PushHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// How often the other relay is asked for a sign of life, and how long an answer is awaited.
    static let pingInterval = TimeAmount.seconds(15)
    static let maxSilence = TimeAmount.seconds(30)
    /// How often the source's state is compared with the state that was sent last.
    private static let lookInterval = TimeAmount.milliseconds(200)

    private let source: Source
    private let push: PushConfiguration
    private let report: PushReport
    private var context: ChannelHandlerContext?
    private var viewer: Viewer?
    private var wish = FrameWish.nothing
    private var lastSequence: UInt64 = 0
    private var unsentWrites = 0
    private var told = ""
    private var lastWord = NIODeadline.now()
    private var lastPing = NIODeadline.now()
    private var clock: RepeatedTask?

    init(source: Source, push: PushConfiguration, report: PushReport) {
        self.source = source
        self.push = push
        self.report = report
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        clock = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.lookInterval) { _ in bound.value.look() }
        if source.configuration.pushWhen == .always { take(.frames(maxFPS: nil)) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.connection(reason: "the connection broke: \(error)".shown(limit: 200)))
    }

    private func leave() {
        clock?.cancel()
        clock = nil
        viewer?.stop()
        viewer = nil
        context = nil
        report.change { $0.isWanted = false }
    }

    private func end(_ error: CameraError) {
        report.change { $0.ending = $0.ending ?? error }
        context?.close(promise: nil)
    }

    // MARK: - What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastWord = .now()
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .ping: send(.pong, frame.data)
        case .connectionClose:
            end(.connection(reason: "the other relay has closed the connection\(Self.code(of: frame.data))"))
        case .binary: if let sequence = RelayWire.acknowledged(frame.data) { acknowledged(sequence) }
        case .text: if frame.fin, let wish = RelayWire.wish(String(buffer: frame.data)) { take(wish) }
        default: break
        }
    }

    private static func code(of data: ByteBuffer) -> String {
        data.getInteger(at: data.readerIndex, as: UInt16.self).map { " (\($0))" } ?? ""
    }

    private func acknowledged(_ sequence: UInt64) {
        guard let viewer, viewer.frameSeen(sequence) != nil else { return }
        if isDrained { viewer.frameLeft() }
    }

    private func take(_ new: FrameWish) {
        // With `push_when: always`, frames are sent also while the other relay wants none; a number of frames per second that it wants
        // still holds.
        let new = new == .nothing && source.configuration.pushWhen == .always ? FrameWish.frames(maxFPS: nil) : new
        guard new != wish || viewer == nil else { return }
        wish = new
        viewer?.stop()
        viewer = nil
        report.change { $0.isWanted = new != .nothing }
        guard case .frames(let fps) = new, let context, let shard = source.hub.shard(on: context.eventLoop) else { return }
        let wishes = ViewerWishes(onLoss: .silent, pacer: fps.flatMap { FramePacer(framesPerSecond: $0) })
        let viewer = Viewer(
            shard: shard, connection: self, origin: .forwarded(push.shownAddress), admission: .push, wishes: wishes, isCapped: false)
        self.viewer = viewer
        viewer.start()
    }

    // MARK: - What goes

    private func look() {
        let now = NIODeadline.now()
        guard now - lastWord < Self.maxSilence else {
            return end(.connection(reason: "no sign of life from the other relay for \(Self.maxSilence.nanoseconds / 1_000_000_000) s"))
        }
        if now - lastPing >= Self.pingInterval {
            lastPing = now
            send(.ping, ByteBuffer())
        }
        let status = source.status
        let error = status.state.isWell ? nil : status.lastError
        let text = RelayWire.text(
            state: status.state.rawValue, code: error?.code, sentence: error.map { source.secrets.hide(in: $0.description) })
        guard text != told else { return }
        told = text
        send(.text, ByteBuffer(string: text))
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        guard let context else { return }
        var payload = payload
        let frame = MaskedFrame.make(opcode, &payload)
        context.writeAndFlush(NIOAny(frame), promise: nil)
    }
}

extension PushHandler: ViewerConnection {
    var isReady: Bool { isDrained }

    var isDrained: Bool { unsentWrites == 0 }

    var isAcknowledged: Bool { true }

    var isRelay: Bool { true }

    var sample: PathSample { PathSample(unsent: 0) }

    var backlog: Int { 0 }

    func write(_ newest: Hub.Newest) -> Int {
        // The other relay repeats pictures and shows placeholders by itself, so these are not sent.
        guard let context, newest.frame.kind != .placeholder, newest.sequence > lastSequence else { return 0 }
        lastSequence = newest.sequence
        var payload = ByteBufferAllocator().buffer(capacity: RelayWire.prefixBytes + newest.frame.jpegLength)
        RelayWire.write(newest.frame, sequence: newest.sequence, into: &payload)
        let frame = MaskedFrame.make(.binary, &payload)
        let bytes = frame.readableBytes
        unsentWrites += 1
        context.writeAndFlush(NIOAny(frame)).assumeIsolated().whenComplete { [self] _ in
            unsentWrites -= 1
            if isDrained { viewer?.frameLeft() }
        }
        report.change { report in
            report.framesSent += 1
            report.bytesSent += UInt64(bytes)
        }
        return bytes
    }

    func end(with last: Frame?) { end(.connection(reason: "the source has ended here")) }
}

@available(*, unavailable) extension PushHandler: Sendable {}
