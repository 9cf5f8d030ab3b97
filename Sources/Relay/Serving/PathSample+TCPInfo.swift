import Glibc
import NIOCore
import Pacing

extension PathSample {
    /// What the kernel knows of the path to a connection's other end (`TCP_INFO`; linux/tcp.h has the layout). Nil where it does
    /// not say.
    init?(_ descriptor: NIOBSDSocket.Handle) {
        // Up to and with the shortest round trip; the peer's window came later.
        let (least, whole) = (152, 232)
        let sample: PathSample? = withUnsafeTemporaryAllocation(byteCount: whole, alignment: 8) { info in
            var length = socklen_t(whole)
            guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, info.baseAddress, &length) == 0, length >= least else {
                return nil
            }
            func field(_ offset: Int) -> Int {
                Int(UnsafeRawBufferPointer(info).loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            }
            func long(_ offset: Int) -> Int {
                Int(truncatingIfNeeded: UnsafeRawBufferPointer(info).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
            let segment = field(16)
            // Exact since Linux 4.19: bytes sent, without those sent again, less those acknowledged.
            let unacknowledged = length >= 216 ? long(200) &- long(208) &- long(120) : field(24) * segment
            // Without a packet that was ever timed, the shortest round trip is the greatest number.
            let shortest = field(148) == Int(UInt32.max) ? 0 : field(148)
            return PathSample(
                unsent: field(144),
                path: Path(
                    segment: segment, underWay: max(0, unacknowledged &- field(28) * segment), roundTrip: Nanoseconds(field(68)) * 1000,
                    variation: Nanoseconds(field(72)) * 1000, shortest: Nanoseconds(shortest) * 1000,
                    sinceWord: Nanoseconds(field(56)) * 1_000_000, window: length >= whole ? field(228) : nil))
        }
        guard let sample else { return nil }
        self = sample
    }
}
