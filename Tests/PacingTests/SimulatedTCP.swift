import Pacing

/// A connection's sending socket, the path behind it and the receiving kernel: enough of TCP to be honest about what `TCP_INFO` says.
///
/// Segments are pairs of packets, so that each is acknowledged at once; a short one waits for the receiver's late acknowledgement.
struct SimulatedTCP {
    static let packet = 1448
    static let segment = 2 * packet
    static let leastRTO = Nanoseconds.milliseconds(200)
    static let lateAcknowledgement = Nanoseconds.milliseconds(40)

    private struct Segment {
        var start: Int
        var end: Int
        var sentAt: Nanoseconds
        /// When the first segment of the delivery's measuring interval was sent.
        var firstSentAt: Nanoseconds
        var delivered: Int
        var deliveredAt: Nanoseconds
        var isAppLimited: Bool
        var isRepeated = false
        var isLost = false
        var isReceived = false
        var isAcknowledged = false
    }

    /// A frame's bytes in the stream.
    struct Piece {
        var sequence: UInt64
        var start: Int
        var end: Int
        var arrival: Nanoseconds
        /// When its first byte came to the narrowest place.
        var begins: Nanoseconds = -1
    }

    var path: SimulatedPath
    private(set) var now: Nanoseconds = 0

    // MARK: The socket
    /// Unsent bytes up to which the kernel takes more (`TCP_NOTSENT_LOWAT`).
    var lowWater = 128 << 10
    /// Bytes that the kernel has not taken.
    private(set) var pending = 0
    private var written = 0
    private var next = 0
    private var acknowledged = 0
    private var window: Int

    // MARK: Segments
    private var segments: [Segment] = []
    private var firstSegment = 0
    private var flight = 0
    private var highestAcknowledged = -1
    private var lostCount = 0

    // MARK: The window and the rate
    private var congestionWindow = 10 * packet
    private var threshold = Int.max
    private var recoverAt = -1
    private var roundTrip: Nanoseconds = 0
    private var roundTripVariance: Nanoseconds = 0
    private(set) var shortest: Nanoseconds = .never
    private var shortestAt: Nanoseconds = 0
    private var delivered = 0
    private var deliveredAt: Nanoseconds = 0
    private var firstSentAt: Nanoseconds = 0
    private var appLimitedUntil = 0
    private var shownRate = (rate: 0.0, isAppLimited: false)
    private var lastAcknowledgementAt: Nanoseconds = 0
    private var bandwidths: [(round: Int, rate: Double)] = []
    private var round = 0
    private var roundEnd = 0
    private var isStartup = true
    private var fullRate = 0.0
    private var fullRounds = 0
    private var cycleAt: Nanoseconds = 0
    private var cycle = 2
    private var epoch: (at: Nanoseconds, acknowledged: Int) = (0, 0)
    private var extra: (round: Int, now: Int, before: Int) = (0, 0, 0)
    private var paceAt: Nanoseconds = 0
    private var timeoutAt: Nanoseconds = .never
    private var timeouts = 0

    // MARK: The receiver
    private var arrivals = FIFO<(at: Nanoseconds, segment: Int)>()
    private var acknowledgements = FIFO<(at: Nanoseconds, segment: Int, upTo: Int, window: Int)>()
    private var received = 0
    private var firstUnreceived = 0
    private var late: (at: Nanoseconds, segment: Int)?
    private var drainedAt: Nanoseconds = 0
    private var advertised: Int
    private var lookAt: Nanoseconds = .never
    private var pieces: [Piece] = []
    private var nextPiece = 0
    private var nextBeginning = 0
    /// Frames that are at the viewer as a whole.
    private(set) var seen = FIFO<(at: Nanoseconds, piece: Piece)>()
    private var rateChange = 0
    private var delayChange = 0

    init(_ path: SimulatedPath) {
        self.path = path
        window = path.receiveBuffer
        advertised = path.receiveBuffer
        // The handshake.
        if let there = self.path.forward.send(60, at: 0), let back = self.path.back.send(60, at: there.arrives) {
            now = back.arrives
            measure(back.arrives)
        }
        deliveredAt = now
        lastAcknowledgementAt = now
    }

    // MARK: - The socket

    var isDrained: Bool { pending == 0 }
    var unsent: Int { written - next }
    /// Bytes that were sent and not acknowledged, those that the other side has behind a gap left out.
    var underWay: Int {
        var count = next - acknowledged
        guard firstSegment <= highestAcknowledged else { return count }
        for segment in segments[firstSegment...highestAcknowledged] where segment.isAcknowledged { count -= segment.end - segment.start }
        return max(0, count)
    }

    /// How often the kernel was asked.
    private(set) var questions = 0

    /// What `TCP_INFO` says.
    mutating func ask() -> PathSample {
        questions += 1
        // The kernel counts this one time in ticks of 4 ms.
        let tick = Nanoseconds.milliseconds(4)
        return PathSample(
            unsent: unsent,
            path: PathSample.Path(
                segment: Self.packet, underWay: underWay, roundTrip: roundTrip,
                variation: roundTripVariance, shortest: shortest == .never ? 0 : shortest,
                sinceWord: (now / tick - lastAcknowledgementAt / tick) * tick, window: window))
    }

    /// What it says of the rate of delivery.
    var deliveryRate: Double { shownRate.rate }

    /// Writes a frame; what the kernel does not take stays with the program.
    mutating func write(_ bytes: Int, sequence: UInt64, arrival: Nanoseconds, at time: Nanoseconds) {
        let bytes = path.isTLS ? bytes + (bytes + 16_383) / 16_384 * 22 : bytes
        let start = written + pending
        pieces.append(Piece(sequence: sequence, start: start, end: start + bytes, arrival: arrival))
        // The kernel notes that the program is what limits the rate.
        if unsent == 0, flight < congestionWindow, lostCount == 0 { appLimitedUntil = max(1, delivered + flight) }
        pending += bytes
        take()
        send()
    }

    private mutating func take() {
        guard pending > 0, unsent < lowWater else { return }
        let count = min(pending, lowWater - unsent + (32 << 10))
        written += count
        pending -= count
    }

    // MARK: - The clock

    /// When something happens next.
    var nextEvent: Nanoseconds {
        var time = arrivals.first?.at ?? .never
        if let other = acknowledgements.first?.at { time = min(time, other) }
        if let late { time = min(time, late.at) }
        if unsent > 0 || lostCount > 0, paceAt > now { time = min(time, paceAt) }
        time = min(time, timeoutAt, lookAt)
        if rateChange < path.rateChanges.count { time = min(time, path.rateChanges[rateChange].at) }
        if delayChange < path.delayChanges.count { time = min(time, path.delayChanges[delayChange].at) }
        return time
    }

    /// Moves on to `time`, at most to the next event, which happens; true when the kernel has come to take all.
    mutating func advance(to time: Nanoseconds) -> Bool {
        now = time
        let wasDrained = isDrained
        while let arrival = arrivals.first, arrival.at <= now {
            arrivals.removeFirst()
            receive(arrival.segment)
        }
        if let late, late.at <= now { acknowledge(late.segment) }
        while let acknowledgement = acknowledgements.first, acknowledgement.at <= now {
            acknowledgements.removeFirst()
            hear(acknowledgement.segment, upTo: acknowledgement.upTo, window: acknowledgement.window)
        }
        if lookAt <= now { lookAtWindow() }
        if timeoutAt <= now { timeOut() }
        if rateChange < path.rateChanges.count, path.rateChanges[rateChange].at <= now {
            path.forward.rate = path.rateChanges[rateChange].rate
            rateChange += 1
        }
        if delayChange < path.delayChanges.count, path.delayChanges[delayChange].at <= now {
            path.forward.delay = path.delayChanges[delayChange].delay
            path.back.delay = path.delayChanges[delayChange].delay
            delayChange += 1
        }
        send()
        return !wasDrained && isDrained
    }

    mutating func removeSeen() { seen.removeFirst() }

    // MARK: - Sending

    private var paceRate: Double {
        guard path.congestion == .rateBased, roundTrip > 0 else { return .infinity }
        let bandwidth = bandwidths.first?.rate ?? 0
        if bandwidth == 0 { return 2.89 * Double(congestionWindow) / Double(max(roundTrip, 1_000_000)) * 1e9 }
        return bandwidth * (isStartup ? 2.89 : [1.25, 0.75, 1, 1, 1, 1, 1, 1][cycle])
    }

    private mutating func send() {
        while paceAt <= now {
            if lostCount > 0, flight < congestionWindow || flight == 0 {
                guard let index = segments.indices.first(where: { segments[$0].isLost && !segments[$0].isAcknowledged }) else {
                    lostCount = 0
                    continue
                }
                segments[index].isLost = false
                segments[index].isRepeated = true
                lostCount -= 1
                stamp(index)
                transmit(index)
                continue
            }
            guard unsent > 0 else { break }
            let count = min(Self.segment, unsent)
            guard flight + count <= congestionWindow || flight == 0, next + count <= acknowledged + window else { break }
            segments.append(
                Segment(start: next, end: next + count, sentAt: 0, firstSentAt: 0, delivered: 0, deliveredAt: 0, isAppLimited: false))
            next += count
            stamp(segments.count - 1)
            transmit(segments.count - 1)
            if unsent * 2 < lowWater { take() }
        }
        if next + min(unsent, 1) > acknowledged + window, unsent > 0, flight == 0, timeoutAt == .never { timeoutAt = now + Self.leastRTO }
    }

    private mutating func stamp(_ index: Int) {
        if flight == 0 {
            firstSentAt = now
            deliveredAt = now
        }
        segments[index].sentAt = now
        segments[index].firstSentAt = firstSentAt
        segments[index].delivered = delivered
        segments[index].deliveredAt = deliveredAt
        segments[index].isAppLimited = appLimitedUntil > 0
    }

    private mutating func transmit(_ index: Int) {
        let count = segments[index].end - segments[index].start
        flight += count
        let rate = paceRate
        if rate.isFinite { paceAt = max(paceAt, now) + Nanoseconds(Double(count) / rate * 1e9) }
        if timeoutAt == .never { setTimeout() }
        guard let passage = path.forward.send(count + 104, at: now) else { return }
        note(beginning: passage.begins, of: segments[index].start, segments[index].end)
        arrivals.append((passage.arrives, index))
    }

    /// The first byte of a frame comes to the link, or to the rate behind the hop.
    private mutating func note(beginning: Nanoseconds, of start: Int, _ end: Int) {
        while nextBeginning < pieces.count, pieces[nextBeginning].start < end {
            pieces[nextBeginning].begins = max(pieces[nextBeginning].begins, beginning)
            nextBeginning += 1
        }
    }

    private mutating func setTimeout() {
        timeoutAt = now + max(Self.leastRTO, roundTrip + 4 * roundTripVariance) << Nanoseconds(min(6, timeouts))
    }

    private mutating func timeOut() {
        timeoutAt = .never
        guard next > acknowledged else {
            // A look at a closed window.
            if unsent > 0 { acknowledgements.append((now + roundTrip, -1, acknowledged, currentWindow(at: now + roundTrip / 2))) }
            return
        }
        timeouts += 1
        for index in segments.indices where !segments[index].isAcknowledged && !segments[index].isLost {
            segments[index].isLost = true
            lostCount += 1
        }
        flight = 0
        threshold = max(congestionWindow * 7 / 10, 2 * Self.segment)
        congestionWindow = Self.segment
        recoverAt = next
        paceAt = now
        setTimeout()
    }

    // MARK: - The receiver

    private func buffered(at time: Nanoseconds) -> Int {
        path.readRate.isFinite ? Int(max(0, Double(drainedAt - time)) * path.readRate / 1e9) : 0
    }

    private func currentWindow(at time: Nanoseconds) -> Int {
        max(0, path.receiveBuffer - max(0, buffered(at: time) - path.hopBuffer) - 0)
    }

    private mutating func receive(_ index: Int) {
        guard index < segments.count else { return }
        let isNew = !segments[index].isReceived
        segments[index].isReceived = true
        let before = received
        while firstUnreceived < segments.count, segments[firstUnreceived].isReceived {
            received = segments[firstUnreceived].end
            firstUnreceived += 1
        }
        if received > before { read(from: before) }
        let isShort = segments[index].end - segments[index].start <= Self.packet
        if isShort, isNew, received > before, late == nil, firstUnreceived == segments.count {
            late = (now + Self.lateAcknowledgement, index)
        } else {
            acknowledge(index)
        }
    }

    /// The reader, or the hop, takes what is there; frames that are read whole are seen.
    private mutating func read(from before: Int) {
        let start = max(now, drainedAt)
        func time(_ offset: Int) -> Nanoseconds {
            path.readRate.isFinite ? start + Nanoseconds(Double(offset - before) / path.readRate * 1e9) : now
        }
        var piece = nextPiece
        while piece < pieces.count, pieces[piece].start < received {
            if pieces[piece].start >= before, path.readRate.isFinite {
                pieces[piece].begins = max(pieces[piece].begins, time(pieces[piece].start))
            }
            piece += 1
        }
        while nextPiece < pieces.count, pieces[nextPiece].end <= received {
            seen.append((time(pieces[nextPiece].end) + path.readDelay, pieces[nextPiece]))
            nextPiece += 1
        }
        drainedAt = time(received)
    }

    private mutating func acknowledge(_ index: Int) {
        late = nil
        advertised = currentWindow(at: now)
        if advertised * 2 < path.receiveBuffer, lookAt == .never { lookAt = now + .milliseconds(5) }
        if let passage = path.back.send(52, at: now) {
            acknowledgements.append((passage.arrives, index, received, advertised))
        }
    }

    /// Says that there is room again, once it has doubled.
    private mutating func lookAtWindow() {
        lookAt = .never
        let room = currentWindow(at: now)
        if room >= max(Self.segment, 2 * advertised) {
            acknowledge(-1)
        } else if advertised * 2 < path.receiveBuffer {
            lookAt = now + .milliseconds(5)
        }
    }

    // MARK: - Acknowledgements

    private mutating func measure(_ time: Nanoseconds) {
        let limit: Nanoseconds = path.congestion == .rateBased ? .seconds(10) : .seconds(300)
        if time <= shortest || now - shortestAt > limit {
            shortest = time
            shortestAt = now
        }
        if roundTrip == 0 {
            roundTrip = time
            roundTripVariance = time / 2
        } else {
            roundTripVariance += (abs(time - roundTrip) - roundTripVariance) / 4
            roundTrip += (time - roundTrip) / 8
        }
    }

    private mutating func hear(_ index: Int, upTo: Int, window: Int) {
        self.window = window
        lastAcknowledgementAt = now
        var newest = -1
        var oldest = -1
        var count = 0
        func deliver(_ index: Int, _ tcp: inout SimulatedTCP) {
            guard !tcp.segments[index].isAcknowledged else { return }
            tcp.segments[index].isAcknowledged = true
            let length = tcp.segments[index].end - tcp.segments[index].start
            if tcp.segments[index].isLost { tcp.lostCount -= 1 } else { tcp.flight -= length }
            count += length
            newest = max(newest, index)
            if oldest < 0, !tcp.segments[index].isRepeated { oldest = index }
        }
        while firstSegment < segments.count, segments[firstSegment].end <= upTo {
            deliver(firstSegment, &self)
            firstSegment += 1
        }
        if index >= 0 { deliver(index, &self) }
        acknowledged = max(acknowledged, upTo)
        if count > 0 {
            timeouts = 0
            flight = max(0, flight)
            delivered += count
            deliveredAt = now
            if oldest >= 0 { measure(now - segments[oldest].sentAt) }
            if appLimitedUntil > 0, delivered > appLimitedUntil { appLimitedUntil = 0 }
            if newest >= 0 {
                rate(segments[newest], acknowledged: count)
                firstSentAt = segments[newest].sentAt
            }
            highestAcknowledged = max(highestAcknowledged, newest)
            findLost()
            grow(count)
            timeoutAt = .never
            if next > acknowledged { setTimeout() }
        }
    }

    private mutating func findLost() {
        var hasLost = false
        var index = firstSegment
        while index + 2 <= highestAcknowledged {
            if !segments[index].isAcknowledged, !segments[index].isLost, segments[index].sentAt <= segments[highestAcknowledged].sentAt {
                segments[index].isLost = true
                flight -= segments[index].end - segments[index].start
                lostCount += 1
                hasLost = true
            }
            index += 1
        }
        if hasLost, acknowledged >= recoverAt {
            recoverAt = next
            if path.congestion == .lossBased {
                congestionWindow = max(congestionWindow * 7 / 10, 2 * Self.segment)
                threshold = congestionWindow
            }
        }
    }

    private mutating func rate(_ segment: Segment, acknowledged count: Int) {
        let interval = max(segment.sentAt - segment.firstSentAt, now - segment.deliveredAt)
        guard interval > 0, interval >= shortest / 2 else { return }
        let rate = Double(delivered - segment.delivered) / Double(interval) * 1e9
        if !segment.isAppLimited || rate >= shownRate.rate { shownRate = (rate, segment.isAppLimited) }
        guard path.congestion == .rateBased else { return }
        if segment.delivered >= roundEnd {
            round += 1
            roundEnd = delivered
            if !segment.isAppLimited { noteRound() }
        }
        if !segment.isAppLimited || rate >= bandwidths.first?.rate ?? 0 {
            bandwidths.removeAll { $0.rate <= rate }
            bandwidths.append((round, rate))
        }
        if bandwidths.count > 1 || bandwidths.first.map({ round - $0.round > 10 }) ?? false, let first = bandwidths.first,
            round - first.round > 10, bandwidths.count > 1
        {
            bandwidths.removeFirst()
        }
        // Acknowledgements that come in heaps.
        let bandwidth = bandwidths.first?.rate ?? 0
        let expected = Int(bandwidth * Double(now - epoch.at) / 1e9)
        if epoch.acknowledged <= expected {
            epoch = (now, 0)
        }
        epoch.acknowledged += count
        let surplus = epoch.acknowledged - Int(bandwidth * Double(now - epoch.at) / 1e9)
        if round - extra.round > 5 { extra = (round, 0, extra.now) }
        extra.now = max(extra.now, min(surplus, congestionWindow, Int(bandwidth / 10)))
    }

    private mutating func noteRound() {
        guard isStartup, let rate = bandwidths.first?.rate else { return }
        if rate >= fullRate * 1.25 {
            fullRate = rate
            fullRounds = 0
        } else {
            fullRounds += 1
            if fullRounds >= 3 { isStartup = false }
        }
    }

    private mutating func grow(_ count: Int) {
        switch path.congestion {
        case .lossBased:
            guard flight + count + Self.segment >= congestionWindow || congestionWindow < threshold && flight * 2 > congestionWindow else {
                return
            }
            congestionWindow += congestionWindow < threshold ? count : Self.packet * count / congestionWindow
        case .rateBased:
            guard let bandwidth = bandwidths.first?.rate, shortest < .never else {
                congestionWindow += count
                return
            }
            if now - cycleAt > shortest {
                cycle = (cycle + 1) % 8
                cycleAt = now
            }
            let product = bandwidth * Double(shortest) / 1e9
            let target = Int(product * (isStartup ? 2.89 : 2)) + 3 * Self.segment + max(extra.now, extra.before)
            if isStartup {
                if congestionWindow < target || delivered < 10 * Self.packet { congestionWindow += count }
            } else {
                congestionWindow = min(congestionWindow + count, target)
            }
            congestionWindow = max(congestionWindow, 4 * Self.packet)
        }
    }
}
