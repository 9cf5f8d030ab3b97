import Glibc
import NIOCore

/// What the kernel knows of the path to a connection's other end (`TCP_INFO`; linux/tcp.h has the layout).
struct TCPPath {
    /// A wait of fewer microseconds than this may be the receiver's or the radio's.
    private static let leastQueue = 10_000

    /// Bytes that were never sent.
    private let unsent: Int
    /// Bytes that were sent and are not acknowledged, by whole segments.
    private let underWay: Int
    /// Bytes that the path itself holds: its rate times the shortest time there and back.
    private let capacity: Int
    private let segment: Int
    /// Whether the time there and back has grown so far above its shortest that bytes must be waiting in a queue on the path.
    private let isQueued: Bool

    /// Nil where the kernel does not say.
    init?(_ descriptor: NIOBSDSocket.Handle) {
        // Up to and with the delivery rate.
        let size = 168
        let fields: (segment: UInt32, underWay: UInt32, time: UInt32, unsent: UInt32, shortest: UInt32, rate: UInt64)? =
            withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { info in
                var length = socklen_t(size)
                guard getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_INFO, info.baseAddress, &length) == 0, length >= size else {
                    return nil
                }
                func field<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> T {
                    UnsafeRawBufferPointer(info).loadUnaligned(fromByteOffset: offset, as: T.self)
                }
                return (field(16), field(24), field(68), field(144), field(148), field(160))
            }
        guard let fields else { return nil }
        segment = Int(fields.segment)
        underWay = Int(fields.underWay) * segment
        unsent = Int(fields.unsent)
        let (time, shortest) = (Int(fields.time), Int(fields.shortest))
        isQueued = time - shortest > Self.leastQueue + shortest / 4
        let (product, isTooLarge) = Int(clamping: fields.rate).multipliedReportingOverflow(by: shortest)
        capacity = isTooLarge ? .max / 2 : product / 1_000_000
    }

    /// Bytes that a next frame would wait behind; two usual segments may wait for a late acknowledgement.
    ///
    /// Without a queue on the path, the bytes under way delay nothing, however long the path is.
    var backlog: Int { unsent + (isQueued ? max(0, underWay - capacity - min(2 * segment, 3000)) : 0) }
}
