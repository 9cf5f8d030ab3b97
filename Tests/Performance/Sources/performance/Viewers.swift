import Glibc

/// Viewers of streams in one thread, who read as cheaply as can be: of each picture only the first bytes and the last two are
/// copied, so that they are not what is measured. Writes one line, `name=number …`.
///
/// Options: `--port P --count N --cameras N --path TEMPLATE --warmup S --seconds S --watch PID`; `--rate B`: read B bytes/s only,
/// with a small receive buffer; `--slow N`: only the first N viewers are slow. In the template `%` is the camera's number.
final class Viewers {
    private enum Phase {
        case connecting, head, body, end, gone
    }

    private final class Viewer {
        let socket: Socket
        let index: Int
        let isSlow: Bool
        let began = Clock.now
        var phase = Phase.connecting
        var head: [UInt8] = []
        /// Bytes of the picture before its last two that are still to come.
        var missing = 0
        var stamp: (number: UInt64, time: UInt64)?
        var lastNumber: UInt64 = 0
        var hasPicture = false
        /// Bytes that a slow viewer may read now.
        var credit = 0.0

        init(_ socket: Socket, index: Int, isSlow: Bool) {
            self.socket = socket
            self.index = index
            self.isSlow = isSlow
        }
    }

    /// What one kind of viewer saw.
    private struct Tally {
        var ages: [UInt32] = []
        var firsts: [UInt32] = []
        var bytes = 0
        var skipped: UInt64 = 0
        var broken = 0
    }

    private let options: Options
    private let poller: Poller
    private let rate: Double
    private let cameras: Int
    private let path: String
    private var viewers: [CInt: Viewer] = [:]
    private var fast = Tally()
    private var slow = Tally()
    private var lost = 0
    private var isCounting = false

    init(_ options: Options) throws(Problem) {
        self.options = options
        poller = try Poller()
        rate = try options.number("rate", default: 0)
        cameras = max(1, try options.integer("cameras", default: 1))
        path = options.text("path") ?? "/cam%/stream"
    }

    func run() throws(Problem) {
        let count = try options.integer("count", default: 1)
        let slowCount = try options.integer("slow", default: 0)
        let port = try options.integer("port", default: 9001)
        for index in 0..<count {
            let viewer = Viewer(try .connecting(to: port, asSlowReader: index < slowCount), index: index, isSlow: index < slowCount)
            viewers[viewer.socket.descriptor] = viewer
            poller.add(viewer.socket, writable: true)
        }
        try watch(until: Clock.now + UInt64(try options.number("warmup", default: 2) * 1e9))
        let process = pid_t(try options.integer("watch", default: 0))
        let memory = Memory.anonymousKilobytes(of: process) ?? 0
        let before = Clock.processorSeconds(of: process) ?? 0
        let began = Clock.now
        isCounting = true
        try watch(until: began + UInt64(try options.number("seconds", default: 4) * 1e9))
        let after = Clock.processorSeconds(of: process) ?? 0
        report(fast, "", cpu: after - before, window: Double(Clock.now - began) / 1e9, memory: memory)
        if slowCount > 0 { report(slow, "slow_", cpu: 0, window: 1, memory: memory) }
        print()
    }

    private func watch(until deadline: UInt64) throws(Problem) {
        let slow = viewers.values.filter(\.isSlow)
        let tick: UInt64 = 4_000_000
        var lastTick = Clock.now
        while Clock.now < deadline {
            try poller.wait(until: slow.isEmpty ? deadline : min(deadline, lastTick + tick)) { event in
                guard let viewer = viewers[event.descriptor] else { return }
                if event.isWritable, viewer.phase == .connecting { ask(viewer) }
                if event.isReadable { _ = read(viewer, atMost: .max) }
            }
            let now = Clock.now
            guard !slow.isEmpty, now >= lastTick + tick else { continue }
            for viewer in slow where viewer.phase != .connecting && viewer.phase != .gone {
                // What was not read in time is not made up for beyond 20 ms.
                viewer.credit = min(viewer.credit + rate * Double(now - lastTick) / 1e9, max(1500, rate * 0.02))
                if viewer.credit >= 1 { viewer.credit -= Double(read(viewer, atMost: Int(viewer.credit))) }
            }
            lastTick = now
        }
    }

    private func ask(_ viewer: Viewer) {
        let path = self.path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "\(viewer.index % cameras)")
        viewer.phase = .head
        guard viewer.socket.send("GET \(path) HTTP/1.1\r\nHost: viewer\r\nAccept: */*\r\n\r\n") else { return drop(viewer) }
        if viewer.isSlow { poller.remove(viewer.socket) } else { poller.watch(viewer.socket, writable: false) }
    }

    /// Reads on; returns how many bytes.
    private func read(_ viewer: Viewer, atMost limit: Int) -> Int {
        var total = 0
        while total < limit {
            let count: Int?
            switch viewer.phase {
            case .connecting, .gone: return total
            case .head: count = readHead(viewer, atMost: limit - total)
            case .body:
                count = viewer.socket.discard(min(limit - total, viewer.missing))
                viewer.missing -= count ?? 0
                if viewer.missing == 0 { viewer.phase = .end }
            case .end: count = readEnd(viewer, atMost: limit - total)
            }
            guard let count else {
                drop(viewer)
                return total
            }
            if count == 0 { return total }
            total += count
            if isCounting { if viewer.isSlow { slow.bytes += count } else { fast.bytes += count } }
        }
        return total
    }

    /// Reads header blocks up to the one of a part, and the stamp behind it.
    private func readHead(_ viewer: Viewer, atMost limit: Int) -> Int? {
        let count = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer -> Int? in
            let count = viewer.socket.receive(into: .init(rebasing: buffer[..<min(limit, 512)]))
            viewer.head += buffer[..<(count ?? 0)]
            return count
        }
        while true {
            let (end, length) = viewer.head.withUnsafeBytes { bytes -> (Int?, Int?) in
                guard let end = Text.endOfHeaders(bytes) else { return (nil, nil) }
                return (end, Text.contentLength(UnsafeRawBufferPointer(rebasing: bytes[..<end])))
            }
            guard let end else { return count }
            guard let length else {
                viewer.head.removeFirst(end)
                continue
            }
            let behind = viewer.head.count - end
            guard behind >= Picture.stampLength else { return count }
            viewer.stamp = viewer.head.withUnsafeBytes { Picture.readStamp(UnsafeRawBufferPointer(rebasing: $0[end...])) }
            viewer.missing = length - 2 - behind
            viewer.head.removeAll(keepingCapacity: true)
            viewer.phase = viewer.missing > 0 ? .body : .end
            return count
        }
    }

    private func readEnd(_ viewer: Viewer, atMost limit: Int) -> Int? {
        let count = withUnsafeTemporaryAllocation(byteCount: 2, alignment: 1) { buffer -> Int? in
            let count = viewer.socket.receive(into: .init(rebasing: buffer[..<min(limit, 2 - viewer.head.count)]))
            viewer.head += buffer[..<(count ?? 0)]
            return count
        }
        guard viewer.head.count == 2 else { return count }
        if viewer.isSlow { note(viewer, &slow) } else { note(viewer, &fast) }
        viewer.head.removeAll(keepingCapacity: true)
        viewer.phase = .head
        return count
    }

    private func note(_ viewer: Viewer, _ tally: inout Tally) {
        let now = Clock.now
        if !viewer.hasPicture { tally.firsts.append(UInt32(clamping: (now - viewer.began) / 1000)) }
        viewer.hasPicture = true
        guard let stamp = viewer.stamp, viewer.head == [0xFF, 0xD9] else {
            tally.broken += 1
            return
        }
        if isCounting {
            tally.ages.append(UInt32(clamping: (now - stamp.time) / 1000))
            if viewer.lastNumber > 0, stamp.number > viewer.lastNumber + 1 { tally.skipped += stamp.number - viewer.lastNumber - 1 }
        }
        viewer.lastNumber = stamp.number
    }

    private func drop(_ viewer: Viewer) {
        lost += 1
        viewer.phase = .gone
        viewers[viewer.socket.descriptor] = nil
        poller.remove(viewer.socket)
        viewer.socket.close()
    }

    private func report(_ tally: Tally, _ prefix: String, cpu: Double, window: Double, memory: Int) {
        let ages = tally.ages.sorted()
        let firsts = tally.firsts.sorted()
        func at(_ fraction: Double, _ values: [UInt32]) -> Double {
            values.isEmpty ? 0 : Double(values[Int(Double(values.count - 1) * fraction)]) / 1000
        }
        let values: [(String, Double)] = [
            ("frames", Double(ages.count)), ("bytes", Double(tally.bytes)), ("skipped", Double(tally.skipped)),
            ("broken", Double(tally.broken + lost)), ("p50", at(0.5, ages)), ("p99", at(0.99, ages)), ("first", at(1, firsts)),
            ("seen", Double(firsts.count)), ("cpu", cpu), ("window", window), ("memory", Double(memory)),
        ]
        print(values.map { "\(prefix)\($0.0)=\($0.1)" }.joined(separator: " "), terminator: " ")
    }
}
