import Glibc
import NIOCore
import NIOPosix
import Pacing

/// Who writes through an ``Outlet``.
protocol OutletOwner: AnyObject {
    /// Nothing of what was sent is left here: it is all with the kernel.
    func outletDrained()
}

/// The way out of one accepted connection: every byte behind a request leaves through here, whoever wrote it.
///
/// It keeps what the kernel does not take, in order; ends a connection whose other side takes nothing any more; counts what
/// answers wait in memory; and closes so that the last byte arrives. Bound to the channel's event loop.
final class Outlet {
    /// A connection is ended when nothing has left it for this long although something should: a byte that leaves or is
    /// acknowledged is progress, and so is the other side's word where that is awaited.
    static let maxStandstill = TimeAmount.seconds(30)
    /// How long a connection whose last byte has arrived waits for the other side to close.
    static let lingerTime = TimeAmount.seconds(2)
    /// How long a connection is read on that is to be cut.
    static let cutTime = TimeAmount.milliseconds(500)
    /// A frame that has not left for so long counts as an answer does: nobody watches so, but many frames can be kept so.
    static let maxFrameTime = TimeAmount.seconds(10)
    private static let lookInterval = TimeAmount.seconds(2)
    private static let closingLookInterval = TimeAmount.milliseconds(100)

    let channel: any Channel
    let transport: Transport
    /// Nil for a wrapped transport.
    private let socket: PlainSocket?
    private let queue: SendQueue
    private let limits: Limits
    /// Who is told when all has left.
    weak var owner: (any OutletOwner)?

    /// Bytes that the channel was given and has not sent yet.
    private var unsentBytes = 0
    /// What is kept of what was sent last.
    private struct Rest {
        var first: AnswerLedger.Piece?
        var second: AnswerLedger.Piece?
        let since: NIODeadline
    }

    /// Nil where nothing is kept.
    private var rest: Rest?
    /// Whether the budget of all connections together counts that.
    private var isCharged = false
    /// Of a viewer, where it comes from.
    var origin: ViewerOrigin?
    /// All bytes so far.
    private var writtenBytes: UInt64 = 0
    /// Whether the other side owes us a word, such as an acknowledgement, for what was sent so far. Only bytes of that are progress
    /// then, and once they have all arrived, nothing but the word: who gets pongs meanwhile has not given it.
    var awaitsWord = false {
        didSet {
            lastProgress = channel.eventLoop.now
            awaited = awaitsWord ? (bytes: writtenBytes, arrivedBytes: 0) : nil
            if awaitsWord { watch() }
        }
    }
    /// How many of all bytes have to arrive before the word can come, and how many had at the last look.
    private var awaited: (bytes: UInt64, arrivedBytes: UInt64)?
    private var isFinishing = false
    private var isOutputClosed = false
    /// Whether the other side has said that it sends no more.
    private var hasPeerFinished = false
    private var lingerEnd: NIODeadline?
    /// Looks for progress while something should leave.
    private var clock: Scheduled<Void>?
    private var lastProgress = NIODeadline.uptimeNanoseconds(0)
    /// What was seen at the last look.
    private var seen = (takenBytes: UInt64(0), unacknowledgedBytes: 0)
    /// Bytes that had arrived then.
    private var arrivedBytes: UInt64 = 0

    init(_ channel: any Channel, _ transport: Transport, _ limits: Limits) {
        self.channel = channel
        self.transport = transport
        self.limits = limits
        socket = PlainSocket(channel, transport)
        queue = SendQueue(channel)
    }

    /// Whether all that was sent is with the kernel.
    var isDrained: Bool { unsentBytes == 0 }

    /// Whether an end of the whole relay should wait for this connection: an answer is being made, or has not arrived yet.
    var isBusy = false {
        didSet { if isBusy != oldValue { limits.countBusy(isBusy ? 1 : -1) } }
    }

    /// Sends bytes that others share, as a frame's.
    func send(_ bytes: ByteBuffer) {
        guard channel.isActive, !isOutputClosed else { return }
        writtenBytes += UInt64(bytes.readableBytes)
        var rest = bytes
        if unsentBytes == 0 { socket?.send(&rest) }
        keep(rest)
        if unsentBytes > 0 { note(rest, ByteBuffer()) }
    }

    /// Sends two buffers one behind the other, with one call of the system.
    ///
    /// - Parameter network: of an answer, where its reader comes from: what is kept for it counts; see ``ViewerOrigin/network``.
    func send(_ first: ByteBuffer, _ second: ByteBuffer, keptFor network: (() -> String)? = nil) {
        guard channel.isActive, !isOutputClosed else { return }
        writtenBytes += UInt64(first.readableBytes + second.readableBytes)
        var (first, second) = (first, second)
        if unsentBytes == 0 { socket?.send(&first, &second) }
        if first.readableBytes > 0 {
            unsentBytes += first.readableBytes
            let count = first.readableBytes
            channel.write(first).assumeIsolated().whenComplete { _ in self.sent(count) }
        }
        keep(second, flushesAnyway: first.readableBytes > 0)
        guard unsentBytes > 0 else { return }
        note(first, second)
        if let network { charge(network()) }
    }

    /// Notes what is kept of what was sent.
    private func note(_ first: ByteBuffer, _ second: ByteBuffer) {
        // What was sent before stays for as long.
        guard rest == nil else { return }
        rest = Rest(first: piece(first), second: piece(second), since: channel.eventLoop.now)
    }

    private func piece(_ rest: ByteBuffer) -> AnswerLedger.Piece? {
        guard rest.readableBytes > 0 else { return nil }
        // Encrypted bytes are each connection's own. Of others, however short a rest is, the whole buffer stays in memory.
        guard socket != nil else { return AnswerLedger.Piece(address: UInt(bitPattern: ObjectIdentifier(self)), bytes: rest.readableBytes) }
        let address = rest.withVeryUnsafeBytesWithStorageManagement { UInt(bitPattern: $1.toOpaque()) }
        return AnswerLedger.Piece(address: address, bytes: rest.storageCapacity)
    }

    /// Has the budget of all connections count what is kept.
    private func charge(_ network: String) {
        guard let rest, !isCharged else { return }
        isCharged = true
        let pieces = [rest.first, rest.second].compactMap { $0 }
        limits.answers.keep(pieces, for: ObjectIdentifier(self), of: network) { [channel] in channel.close(promise: nil) }
    }

    private func keep(_ rest: ByteBuffer, flushesAnyway: Bool = false) {
        let count = rest.readableBytes
        guard count > 0 else {
            if flushesAnyway { channel.flush() }
            return
        }
        unsentBytes += count
        channel.writeAndFlush(rest).assumeIsolated().whenComplete { _ in self.sent(count) }
        if unsentBytes > 0 { watch() }
    }

    private func sent(_ bytes: Int) {
        unsentBytes -= bytes
        guard unsentBytes == 0, channel.isActive else { return }
        refund()
        if isFinishing { closeOutput() } else { owner?.outletDrained() }
    }

    private func refund() {
        rest = nil
        guard isCharged else { return }
        isCharged = false
        limits.answers.release(ObjectIdentifier(self))
    }

    /// What the kernel knows of what was sent.
    var sample: PathSample {
        guard channel.isActive else { return PathSample(unsent: 0) }
        let sample = queue.sample
        if sample.unsent > 0 || sample.path.map({ $0.underWay > 0 }) ?? false { watch() }
        return sample
    }

    /// Bytes that the kernel has taken and not sent, or whose local reader has not read them.
    var backlog: Int {
        guard channel.isActive else { return 0 }
        let bytes = queue.unsent
        if bytes > 0 { watch() }
        return bytes
    }

    // MARK: - The end

    /// Ends the connection once all that was sent has arrived; nothing may be sent any more.
    func finish() {
        guard !isFinishing, channel.isActive else { return }
        isFinishing = true
        isBusy = true
        if unsentBytes == 0 { closeOutput() }
        watch(anew: true)
    }

    /// Ends the connection behind what was sent, whatever the other side still sends: after a short while with a reset, which a program
    /// that writes and does not read meets too.
    func cutOff() {
        finish()
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.eventLoop.scheduleTask(in: Self.cutTime) { bound.value.cut() }
    }

    /// Ends the connection at once, with a reset.
    func cut() {
        guard channel.isActive else { return }
        (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        channel.close(promise: nil)
    }

    /// The other side sends no more; what it asked for is still its due.
    func peerFinished() {
        hasPeerFinished = true
        if isOutputClosed { channel.close(promise: nil) }
    }

    /// The connection is gone; its handler's call.
    func channelClosed() {
        clock?.cancel()
        clock = nil
        refund()
        isBusy = false
        owner = nil
    }

    /// Closes our side and waits for the other: a close with unread bytes would be a reset, which can take the last bytes with it.
    private func closeOutput() {
        guard !isOutputClosed else { return }
        isOutputClosed = true
        if hasPeerFinished {
            channel.close(promise: nil)
        } else {
            channel.close(mode: .output, promise: nil)
        }
    }

    // MARK: - The clock

    /// Begins to look for progress, unless that is done already.
    private func watch(anew: Bool = false) {
        if anew {
            clock?.cancel()
            clock = nil
        }
        guard clock == nil, channel.isActive else { return }
        lastProgress = channel.eventLoop.now
        seen = (takenBytes, queue.unacknowledged)
        arrivedBytes = max(arrivedBytes, Self.arrived(seen))
        scheduleLook()
    }

    private func scheduleLook() {
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        clock = channel.eventLoop.scheduleTask(in: isOutputClosed ? Self.closingLookInterval : Self.lookInterval) { bound.value.look() }
    }

    private func look() {
        clock = nil
        guard channel.isActive else { return }
        let now = channel.eventLoop.now
        let (taken, unacknowledged) = (takenBytes, queue.unacknowledged)
        if let (bytes, arrivedBytes) = awaited {
            let arrived = min(bytes, Self.arrived((taken, unacknowledged)))
            if arrived > arrivedBytes {
                awaited = (bytes, arrived)
                lastProgress = now
            }
        } else if taken > seen.takenBytes || unacknowledged < seen.unacknowledgedBytes {
            lastProgress = now
        }
        let arrived = max(arrivedBytes, Self.arrived((taken, unacknowledged)))
        if isCharged {
            // What the kernel takes says little: a socket may keep megabytes for a reader.
            limits.answers.took(Int(arrived - arrivedBytes), ObjectIdentifier(self))
        } else if let rest, let origin, now - rest.since >= Self.maxFrameTime {
            charge(origin.network)
        }
        seen = (taken, unacknowledged)
        arrivedBytes = arrived
        let hasArrived = unsentBytes == 0 && unacknowledged == 0
        if isFinishing, hasArrived {
            isBusy = false
            let end = lingerEnd ?? now + Self.lingerTime
            lingerEnd = end
            if now >= end { return channel.close(promise: nil) }
        } else if hasArrived, !awaitsWord {
            return
        } else if now - lastProgress >= Self.maxStandstill {
            return channel.close(promise: nil)
        }
        scheduleLook()
    }

    /// Bytes that the other side has, of those that the kernel has taken.
    private static func arrived(_ seen: (takenBytes: UInt64, unacknowledgedBytes: Int)) -> UInt64 {
        seen.takenBytes - min(seen.takenBytes, UInt64(max(0, seen.unacknowledgedBytes)))
    }

    /// Bytes that the kernel has taken so far.
    private var takenBytes: UInt64 {
        let buffered = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        return writtenBytes - min(writtenBytes, UInt64(max(0, buffered)))
    }
}

@available(*, unavailable) extension Outlet: Sendable {}
