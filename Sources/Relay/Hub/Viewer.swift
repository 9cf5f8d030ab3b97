import CameraClient
import Glibc
import MJPEG
import NIOCore
import Pacing
import RelayConfiguration

/// Someone watching a source over one connection: takes the newest frame when the last one has left, and skips what came between.
///
/// Lives on its channel's event loop. ``ViewerConnection`` says how a frame is written.
package final class Viewer {
    /// A newest frame that is older than this goes to a new viewer marked as a repeat, so that a relay does not take it for news.
    private static let freshness = TimeAmount.seconds(1)

    /// Where it stands in its shard; nil once removed.
    var index: Int?
    private let shard: HubShard
    private let connection: any ViewerConnection
    private var viewing: LossPolicy.Viewing
    private var pace: ViewerPace
    /// Says when the way to it bears another frame.
    private var path: Pacer
    /// The newest frame this viewer was offered and could not take; nil while it keeps up.
    private var missed: UInt64?
    /// Frames to take without a skip before it counts as one that keeps up.
    private var framesUntilSteady = 0
    private var isEnding = false
    /// The last frame written; 0 before the first.
    private var lastSequence: UInt64 = 0
    /// The most frames a second that it wants, to the thousandth; nil for all.
    let maxFPS: Double?
    /// Where it comes from.
    let origin: ViewerOrigin
    /// By what right it watches.
    let admission: Admission
    /// When its time is over, nil for no such limit.
    private let watchEnd: NIODeadline?
    /// Ends it when its right does.
    private var rightEnding: Scheduled<Void>?
    /// Ends it when its time does.
    private var timeEnding: Scheduled<Void>?
    /// Whether it has ended since its time was over.
    private(set) var isTimeOver = false
    /// When the last frame that was written came from the camera.
    private var lastArrival: NIODeadline?
    /// The same, until that frame has left for the kernel.
    private var arrivalInFlight: NIODeadline?
    private(set) var framesSent: UInt64 = 0
    private(set) var framesSkipped: UInt64 = 0

    /// Makes a viewer of the shard's source on the shard's event loop; ``start()`` begins to watch. Limits of rates hold for one that
    /// `isCapped`; its time is over at `watchEnd`.
    init(
        shard: HubShard, connection: any ViewerConnection, origin: ViewerOrigin = .address(nil), admission: Admission = .anonymous,
        wishes: ViewerWishes = ViewerWishes(), isCapped: Bool = true, watchEnd: NIODeadline? = nil,
        waitsForSlot: Bool = false
    ) {
        self.origin = origin
        maxFPS = wishes.pacer.map { max(0.001, (1e12 / Double($0.interval.nanoseconds)).rounded() / 1000) }
        self.admission = admission
        self.shard = shard
        self.connection = connection
        path = Pacer(acknowledges: connection.isAcknowledged)
        pace = ViewerPace(wishes, isCapped: isCapped)
        if waitsForSlot { pace.waitForSlot(shard.pace, at: shard.eventLoop.now) }
        self.watchEnd = watchEnd
        viewing = LossPolicy.Viewing(since: shard.eventLoop.now, onLoss: wishes.onLoss)
    }

    /// When it came.
    var since: NIODeadline { viewing.since }

    /// Begins to watch: what is to be seen goes out at once.
    func start() {
        shard.add(self)
        if let end = admission.end { awaitEnd(end) }
        if let watchEnd { awaitTimeOver(at: watchEnd) }
    }

    /// Ends it at `end`, with a picture that says why.
    private func awaitTimeOver(at end: NIODeadline) {
        let bound = NIOLoopBound(self, eventLoop: shard.eventLoop)
        timeEnding = shard.eventLoop.scheduleTask(deadline: end) {
            let viewer = bound.value
            guard !viewer.isEnding else { return }
            viewer.isTimeOver = true
            viewer.end(showing: Frame(jpeg: TextPicture.make(["the time", "is over"]), timestamp: .now(), kind: .placeholder))
        }
    }

    /// Ends it at `end`, in seconds since 1970. It looks often enough that a clock which is set meanwhile counts.
    private func awaitEnd(_ end: Int) {
        let bound = NIOLoopBound(self, eventLoop: shard.eventLoop)
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        // Rounded up; a link's end may be any number.
        let wait = max(0, min(end - now.tv_sec, 60) * 1000 - now.tv_nsec / 1_000_000)
        rightEnding = shard.eventLoop.scheduleTask(in: .milliseconds(Int64(wait))) {
            let viewer = bound.value
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            if now.tv_sec < end { viewer.awaitEnd(end) } else { viewer.end(showing: viewer.shard.board.endedFrame()) }
        }
    }

    /// Stops watching, when the connection is gone.
    func stop() {
        if missed != nil { countSkipped(1) }
        missed = nil
        rightEnding?.cancel()
        timeEnding?.cancel()
        (rightEnding, timeEnding) = (nil, nil)
        shard.remove(self)
    }

    /// Ends the connection after the frame in flight.
    ///
    /// A plain `<img>` keeps the last picture of a stream for ever and tells nobody of its end. So those who are shown placeholders
    /// are left with `ended`, a picture that says that the stream has ended; others, such as recorders, with their last one once more.
    func end(showing ended: Frame?) {
        guard !isEnding else { return }
        isEnding = true
        let showsPlaceholders = (viewing.onLoss ?? shard.board.policy.onLoss) == .placeholder
        connection.end(with: showsPlaceholders ? ended : viewing.lastPart.flatMap { _ in shard.board.again?.frame })
    }

    /// Sends what is to be seen at once; the shard's call. Returns when to offer it again if that could not be.
    func begin(at now: NIODeadline) -> NIODeadline? {
        let board = shard.board
        let policy = board.policy
        if let newest = board.newest, !policy.isOff, now - newest.arrival < policy.stallTimeout {
            return offer(now - newest.arrival < Self.freshness ? newest : board.again ?? newest, at: now, shard.pace)
        }
        fill(policy: policy, at: now) { board.placeholder(policy, at: now) }
        return nil
    }

    /// Writes `newest` if the frame before it has left and its slot has come; else remembers to take the newest one then, and
    /// returns when to offer it again.
    func offer(_ newest: Hub.Newest, at now: NIODeadline, _ shared: SharedPace) -> NIODeadline? {
        guard newest.sequence > lastSequence, !isEnding else { return nil }
        let takesAll = pace.isFree(shared)
        // Frames before the first one were never this viewer's, nor are those between its slots.
        if let expected = missed ?? (lastSequence > 0 && takesAll ? lastSequence + 1 : nil), newest.sequence > expected {
            countSkipped(takesAll ? newest.sequence - expected : 1)
            framesUntilSteady = CatchUp.steadyFrames
            missed = missed == nil ? nil : newest.sequence
        }
        if !takesAll, let slot = pace.wait(at: now, shared) { return slot }
        guard connection.isReady else {
            // It calls ``frameLeft()`` when it is.
            missed = newest.sequence
            return nil
        }
        let (time, skips) = (Nanoseconds(now), framesUntilSteady > 0)
        // Nothing is known yet of the way to a new viewer.
        if path.wantsSample(at: time, mayBeSlow: skips || missed != nil || framesSent < CatchUp.steadyFrames) {
            path.take(connection.sample, at: time)
        }
        let decision = path.decide(
            at: time, age: (now - newest.arrival).nanoseconds, interval: newest.interval.nanoseconds, isMissed: missed != nil, skips: skips)
        guard decision == .send else {
            missed = newest.sequence
            if case .wait(let until) = decision { return .uptimeNanoseconds(UInt64(max(0, until))) }
            return nil
        }
        framesUntilSteady = max(0, framesUntilSteady - 1)
        // The first frame may be old; its way through the relay is not what made it so.
        arrivalInFlight = lastSequence > 0 ? newest.arrival : nil
        lastSequence = newest.sequence
        missed = nil
        if !takesAll { pace.take(at: now, shared) }
        write(newest, at: now)
        return nil
    }

    /// Fills a silence; the shard's call, every ``LossPolicy/interval``. `placeholder` makes the picture where one is needed.
    func fill(policy: LossPolicy, at now: NIODeadline, placeholder: () -> Hub.Newest?) {
        guard !isEnding, connection.isReady, !path.awaitsWord, connection.backlog == 0 else { return }
        let newest = shard.board.newest
        switch policy.part(for: viewing, newestAge: newest.map { now - $0.arrival }, at: now) {
        case .nothing: break
        case .again: if let again = shard.board.again { write(again, at: now) }
        case .placeholder: if let placeholder = placeholder() { write(placeholder, at: now) }
        case .end: end(showing: nil)
        }
    }

    /// Takes the newest frame if it had to wait; the connection's call when the frame before has left for the kernel, or was
    /// acknowledged.
    func frameLeft() {
        noteDelay()
        if missed != nil, let newest = shard.board.newest {
            shard.offerAgain(at: offer(newest, at: shard.eventLoop.now, shard.pace))
        }
    }

    /// Takes the viewer's word that it has seen the frame with this number; nil for a number that is not under way, else whether
    /// it owes further words. The connection then calls ``frameLeft()``.
    func frameSeen(_ sequence: UInt64) -> Bool? {
        path.acknowledged(sequence, at: Nanoseconds(shard.eventLoop.now)) ? path.awaitsWord : nil
    }

    /// What the status says of it.
    var report: ViewerReport {
        ViewerReport(
            origin: origin, isRelay: connection.isRelay, since: since, framesSent: framesSent, framesSkipped: framesSkipped,
            lastArrival: lastArrival)
    }

    private func write(_ newest: Hub.Newest, at now: NIODeadline) {
        lastArrival = newest.arrival
        viewing.lastPart = now
        viewing.lastKind = newest.frame.kind
        framesSent += 1
        let bytes = connection.write(newest)
        // A connection may leave out what its other side has no use for.
        if bytes > 0 { path.sent(bytes, sequence: newest.sequence, at: Nanoseconds(now)) }
        pace.charge(bytes: bytes, at: now)
        shard.countSent(bytes: bytes)
        if connection.isDrained { noteDelay() }
    }

    /// Notes how long the frame in flight took to the kernel.
    private func noteDelay() {
        guard let arrival = arrivalInFlight else { return }
        arrivalInFlight = nil
        shard.note(delay: shard.eventLoop.now - arrival)
    }

    private func countSkipped(_ frames: UInt64) {
        framesSkipped += frames
        shard.countSkipped(frames)
    }
}

@available(*, unavailable) extension Viewer: Sendable {}

extension Nanoseconds {
    fileprivate init(_ time: NIODeadline) { self.init(clamping: time.uptimeNanoseconds) }
}
