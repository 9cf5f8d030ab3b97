import NIOCore

/// How long frames take through the relay, from the last byte in to the last byte handed to the kernel, as counts per bucket.
package struct DelayHistogram: Equatable, Sendable {
    /// The buckets' upper bounds in seconds; one more bucket is for what is above.
    package static let bounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

    /// One count for each bound and one for what is above the last.
    private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    private(set) var sum = 0.0

    mutating func add(_ delay: TimeAmount) {
        let seconds = delay.inSeconds
        counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
        sum += seconds
    }

    mutating func add(_ other: DelayHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}
