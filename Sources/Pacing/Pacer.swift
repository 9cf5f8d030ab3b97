/// Decides when a viewer is sent the next frame, so that it never waits behind others of ours on the way: one controller for
/// streams, WebSockets with and without acknowledgements, and relays that read or publish.
///
/// A value without a clock and without sockets. It is told what is sent, what the kernel knows of the path (asked only where
/// ``wantsSample(at:mayBeSlow:)`` says so), and what the viewer acknowledges. From these it reckons when the narrowest place of the
/// path is through with what was sent. A queue is what stands there; bytes that are late because the path is long, or because it
/// jitters, are none.
///
/// To be used on one event loop. A time before the last one counts as that.
package struct Pacer: Sendable {
    /// What to do with the newest frame.
    package enum Decision: Equatable, Sendable {
        case send
        /// Offer the newest frame again then.
        case wait(until: Nanoseconds)
        /// Offer the newest frame again when an acknowledgement comes.
        case hold
    }

    /// A viewer of whom nothing speaks against the next frame is asked after again behind at most so many frames, or so much time.
    private static let framesPerQuestion: UInt8 = 8
    private static let timePerQuestion = Nanoseconds(1_000_000_000)
    /// The same for a viewer that acknowledges: there only the shortest round trip is wanted of the kernel.
    private static let framesPerQuestionOfAcknowledged: UInt8 = 64
    /// While the path holds frames back, one in so many goes out too early, to find out whether the path has become wider; each
    /// such trial that finds nothing doubles the distance to the next.
    private static let framesPerTrial: UInt8 = 16
    private static let mostFramesPerTrial: UInt8 = 128
    /// One in so many waits until nothing is under way, to learn what the path takes without a queue; more often at first.
    private static let framesPerLone: UInt8 = 16
    private static let mostFramesPerLone: UInt8 = 128
    private static let manyDoubts: UInt8 = 3
    /// So many late ones in a row are the path's doing; what it takes is then learnt anew.
    private static let manyLateFlights: UInt8 = 4
    /// Looks no further apart than this see when a frame has come to the other side.
    private static let closeLook = Nanoseconds(20_000_000)
    /// The kernel counts the time since the last acknowledgement in ticks; the longest one.
    private static let tick = Nanoseconds(4_000_000)

    private let acknowledges: Bool
    private var now: Nanoseconds = 0
    /// No need to look before.
    private var notBefore: Nanoseconds = 0

    // What was sent.
    private var narrows = Narrows()
    private var flights = Flights()
    /// Bytes of all frames so far, and those of them that the other side has.
    private var sentBytes = 0
    private var receivedBytes = 0
    private var lastBytes = 0
    /// When the other side's last word came.
    private var wordAt: Nanoseconds = 0
    /// When the narrowest place is reckoned to be through with all that was sent.
    private var clearAt: Nanoseconds = 0
    private var reader = Reader()

    // What the kernel says.
    private var knowsPath = false
    private var unsentBytes = 0
    private var segment = 1500
    private var sampledAt: Nanoseconds = .min
    private var framesUntilQuestion: UInt8 = 0
    private var framesPerQuestion: UInt8 = 0

    // How the path is found out about.
    /// Words of the other side since which bytes have been under way all the time, the last one and one before it: what it had, and
    /// when.
    private var mark: (received: Int, at: Nanoseconds)?
    private var markBefore: (received: Int, at: Nanoseconds)?
    /// The last frame that set out alone: when, what the other side had by then and with the frame, and the least that any word
    /// of it says that the path takes beside the bytes' time.
    private var alone: (sentAt: Nanoseconds, before: Int, end: Int, beside: Double)?
    private var lateFlights: UInt8 = 0
    /// Flights in a row which contradict that the path bears all frames.
    private var doubts: UInt8 = 0
    /// The time between two frames.
    private var interval: Nanoseconds = 0
    private var framesUntilTrial = framesPerTrial
    private var framesPerTrial = framesPerTrial
    private var framesUntilLone = framesPerLone
    private var framesPerLone = framesPerLone
    /// Whether the path held a frame back since the last one that was alone on it.
    private var isHeldBack = false

    /// `acknowledges` says whether the viewer says of each frame that it has it; see ``acknowledged(_:at:)``.
    package init(acknowledges: Bool = false) { self.acknowledges = acknowledges }

    // MARK: - The kernel's word

    /// Whether what the kernel knows is wanted for the next decision.
    ///
    /// - Parameter mayBeSlow: whether the viewer gave a reason: it is new, or it misses frames of late.
    package func wantsSample(at now: Nanoseconds, mayBeSlow: Bool) -> Bool {
        if acknowledges { return now >= notBefore && framesUntilQuestion == 0 }
        if now < notBefore { return now - sampledAt >= Self.closeLook }
        return mayBeSlow || isHeldBack || framesUntilQuestion == 0 || now - sampledAt >= Self.timePerQuestion
    }

    /// Takes what the kernel knows.
    package mutating func take(_ sample: PathSample, at time: Nanoseconds) {
        now = max(now, time)
        sampledAt = now
        unsentBytes = max(0, sample.unsent)
        knowsPath = sample.path != nil
        if let path = sample.path {
            narrows.shortest = Double(max(0, path.shortest))
            if !acknowledges { take(path) }
        }
        if acknowledges {
            framesUntilQuestion = Self.framesPerQuestionOfAcknowledged
        } else {
            let isFree = unsentBytes == 0 && clearAt <= now + (bearsAll ? interval + Nanoseconds(reckoned: narrows.empty / 2) : 0)
            let most = knowsPath ? Self.framesPerQuestion : Self.framesPerQuestion / 2
            framesPerQuestion = isFree ? min(most, max(1, framesPerQuestion * 2)) : 0
            framesUntilQuestion = framesPerQuestion
        }
    }

    private mutating func take(_ path: PathSample.Path) {
        segment = max(1, path.segment)
        let underWay = max(0, path.underWay) + unsentBytes
        receivedBytes = max(receivedBytes, sentBytes - underWay)
        wordAt = max(wordAt, now - max(0, path.sinceWord))
        see(isLast: underWay <= late)
        while let flight = flights.removeFirst(endingBy: receivedBytes + late) {
            let time = max(min(now, wordAt + Self.tick) - flight.sentAt, path.shortest)
            learn(from: flight, time: time, delay: max(wordAt - flight.sentAt, path.shortest))
        }
        reader.take(window: path.window, received: receivedBytes, frame: lastBytes, at: wordAt)
        clearAt = narrows.isKnown ? now + Nanoseconds(reckoned: narrows.wait(behind: max(0, underWay - late), atBest: true)) : now
        notBefore = 0
    }

    /// The last two packets may wait for the receiver's late acknowledgement.
    private var late: Int { 2 * segment }

    /// Takes note of how fast bytes come to the other side while some are under way.
    private mutating func see(isLast: Bool) {
        if let mark {
            let least = max(2 * late, lastBytes / 3)
            let times = [mark, markBefore ?? mark].compactMap { mark in
                receivedBytes - mark.received >= least
                    ? Double(max(wordAt - mark.at, Self.tick)) / Double(receivedBytes - mark.received) : nil
            }
            if let time = times.min() {
                narrows.note(perByte: time)
                markBefore = nil
            } else if markBefore == nil, receivedBytes > mark.received {
                markBefore = mark
            }
            // As long as nothing comes, all of it comes later.
            self.mark = (receivedBytes, receivedBytes > mark.received ? wordAt : max(mark.at, markBefore == nil ? now : mark.at))
        } else if sentBytes - receivedBytes > late {
            mark = (receivedBytes, receivedBytes > alone?.before ?? receivedBytes ? wordAt : now)
            markBefore = nil
        }
        if isLast { mark = nil }
        guard let frame = alone, receivedBytes > frame.before, narrows.isKnown else { return }
        let beside = min(frame.beside, Double(wordAt - frame.sentAt) - Double(receivedBytes - frame.before) * narrows.perByte)
        alone?.beside = beside
        if receivedBytes + late >= frame.end {
            narrows.note(beside: max(0, beside))
            alone = nil
        }
    }

    /// Whether the path bears all frames, or nearly.
    private var bearsAll: Bool { Double(lastBytes) * narrows.best <= Double(interval) * 1.4 }

    // MARK: - The viewer's word

    /// Takes a viewer's word that it has seen a frame, and so those before it; false for a frame that is not under way.
    package mutating func acknowledged(_ sequence: UInt64, at time: Nanoseconds) -> Bool {
        now = max(now, time)
        guard let flight = flights.remove(upTo: sequence) else { return false }
        receivedBytes = flight.end
        wordAt = now
        learn(from: flight, time: now - flight.wordAt, delay: now - flight.sentAt)
        clearAt = flights.isEmpty ? now : now + Nanoseconds(reckoned: narrows.wait(behind: sentBytes - receivedBytes))
        notBefore = 0
        return true
    }

    private mutating func learn(from flight: Flights.Flight, time: Nanoseconds, delay: Nanoseconds) {
        if flight.isLone { isHeldBack = false }
        let bytes = receivedBytes - flight.acknowledged
        if !acknowledges, bytes * 2 >= flight.bytes * 3 {
            let isSlow = bearsAll && Double(time) / Double(bytes) * Double(lastBytes) > 1.6 * Double(interval)
            doubts = isSlow ? doubts + 1 : 0
            if doubts == Self.manyDoubts {
                doubts = 0
                narrows.forgetBest()
            }
        }
        let isWider = narrows.note(
            bytes: bytes, own: flight.bytes, time: time, delay: delay, isLone: flight.isLone)
        let isTooEarly = acknowledges && flight.ahead > Nanoseconds(reckoned: Double(flight.bytes) * narrows.perByte / 8)
        let isWide = isTooEarly && Double(delay) - narrows.lone < Double(flight.ahead) * 0.3
        if isWide { narrows.widen() }
        if acknowledges, flight.ahead <= 2 * Self.tick {
            lateFlights = narrows.isLate(delay) ? lateFlights + 1 : 0
            if lateFlights == Self.manyLateFlights {
                lateFlights = 0
                framesUntilLone = 0
                framesPerLone = Self.framesPerLone
            }
        }
        if isWider || isWide {
            framesPerTrial = Self.framesPerTrial
            framesUntilTrial = min(framesUntilTrial, 1)
        }
    }

    /// Whether an acknowledgement is owed.
    package var awaitsWord: Bool { acknowledges && !flights.isEmpty }

    // MARK: - The decision

    /// Decides about the newest frame, whose age and interval these are, in nanoseconds.
    ///
    /// - Parameters:
    ///   - isMissed: whether the viewer could not take it when it came.
    ///   - skips: whether the viewer misses frames of late.
    package mutating func decide(
        at time: Nanoseconds, age: Nanoseconds, interval: Nanoseconds, isMissed: Bool, skips: Bool
    ) -> Decision {
        now = max(now, time)
        self.interval = interval
        if now < notBefore { return .wait(until: notBefore) }
        let decision = acknowledges ? decideByWord(interval) : decideByKernel(interval)
        switch decision {
        case .send:
            // What a path that bears all frames is late with, it was not too slow for.
            guard !acknowledges, isMissed, !isTrial, !knowsPath || !bearsAll,
                !CatchUp.mayTake(age: age, interval: interval, skips: skips)
            else { return .send }
            return .wait(until: now - age + CatchUp.nextLook(age: age, interval: interval, skips: skips))
        case .wait(let until):
            notBefore = until
            isHeldBack = true
        case .hold:
            isHeldBack = true
        }
        return decision
    }

    /// Whether the next frame goes out too early; where words within flights tell the width of the path, that is not needed.
    private var isTrial: Bool { framesUntilTrial == 0 && (acknowledges || !narrows.isSeen) }

    private func decideByWord(_ interval: Nanoseconds) -> Decision {
        guard let newest = flights.newest else { return .send }
        // Nothing is known before the first word; and a word that does not come is no reason for more.
        guard narrows.isKnown, !flights.isFull, framesUntilLone > 0 else { return .hold }
        let room = narrows.empty / narrows.perByte * 1.25
        guard Double(sentBytes - receivedBytes) <= Double(newest.bytes) + room else { return .hold }
        return waitUntilClear(interval)
    }

    private func decideByKernel(_ interval: Nanoseconds) -> Decision {
        let ahead = clearAt - now
        if unsentBytes > 0 {
            guard narrows.isKnown else { return wait(interval / 8) }
            return wait(min(interval, bearsAll ? Nanoseconds(reckoned: Double(unsentBytes) * narrows.perByte) : ahead))
        }
        guard knowsPath else { return .send }
        let underWay = sentBytes - receivedBytes
        if framesUntilLone == 0, underWay > late { return wait(min(interval / 2, ahead)) }
        if reader.clearAt > now { return wait(reader.clearAt - now) }
        if narrows.isYoung { return .send }
        if bearsAll {
            let most = interval + Nanoseconds(reckoned: narrows.empty / 2)
            return ahead <= most ? .send : wait(ahead - most / 2)
        }
        if isTrial {
            let excess = Double(underWay) - 0.6 * Double(lastBytes)
            return excess <= 0 ? .send : wait(min(interval / 4, Nanoseconds(reckoned: excess * narrows.perByte)))
        }
        // Where bytes come late beside their time, that time varies.
        let most = max(Self.tick / 4, Nanoseconds(reckoned: narrows.empty - narrows.shortest) - Self.tick)
        return ahead <= most ? .send : wait(ahead)
    }

    private func wait(_ time: Nanoseconds) -> Decision { .wait(until: now + max(CatchUp.shortestLook, time)) }

    /// Waits until the narrowest place is clear; what is there for less than an eighth of the interval is no queue.
    private func waitUntilClear(_ interval: Nanoseconds) -> Decision {
        var ahead = clearAt - now
        guard ahead > min(interval / 8, 8_000_000) else { return .send }
        if framesUntilTrial == 0 {
            ahead -= Nanoseconds(reckoned: Double(lastBytes) * narrows.perByte / 5)
            if ahead <= 0 { return .send }
        }
        return wait(ahead)
    }

    // MARK: - What is sent

    /// A frame of so many bytes is sent now.
    package mutating func sent(_ bytes: Int, sequence: UInt64, at time: Nanoseconds) {
        now = max(now, time)
        let isLone = acknowledges ? flights.isEmpty : sentBytes - receivedBytes <= late
        sentBytes += bytes
        lastBytes = bytes
        // Of a frame's flight something is to be learnt where it is known what was under way before it.
        if acknowledges || knowsPath && sampledAt == now && !flights.isFull {
            flights.append(
                Flights.Flight(
                    sequence: sequence, bytes: bytes, end: sentBytes, sentAt: now, acknowledged: receivedBytes,
                    wordAt: isLone || !acknowledges ? now : wordAt, isLone: isLone, ahead: max(0, clearAt - now)))
        }
        if framesUntilTrial == 0 {
            framesUntilTrial = framesPerTrial
            framesPerTrial = min(Self.mostFramesPerTrial / 2, framesPerTrial) * 2
        }
        if isHeldBack { framesUntilTrial -= 1 }
        if isLone {
            mark = nil
            alone = acknowledges ? nil : (now, receivedBytes, sentBytes, .infinity)
            framesUntilLone = framesPerLone
            framesPerLone = min(Self.mostFramesPerLone / 2, framesPerLone) * 2
        }
        if framesUntilLone > 0, narrows.isDoubtful, isHeldBack || !acknowledges { framesUntilLone -= 1 }
        if narrows.isKnown { clearAt = max(clearAt, now) + Nanoseconds(reckoned: Double(bytes) * narrows.perByte) }
        if !acknowledges { reader.sent(bytes, at: now) }
        notBefore = 0
        if framesUntilQuestion > 0 { framesUntilQuestion -= 1 }
    }
}
