import NIOCore

/// Turns counters that only grow into rates over the last ten seconds. It is fed about once a second.
package struct RateMeter: Sendable {
    /// The counters at one moment.
    struct Sample: Equatable, Sendable {
        var time: NIODeadline
        var framesIn: UInt64 = 0
        var bytesIn: UInt64 = 0
        var framesOut: UInt64 = 0
        var bytesOut: UInt64 = 0
    }

    /// Frames per second and bits per second.
    package struct Rates: Equatable, Sendable {
        package var framesIn = 0.0
        package var bitsIn = 0.0
        package var framesOut = 0.0
        package var bitsOut = 0.0
    }

    private static let window = TimeAmount.seconds(10)
    private var samples = CircularBuffer<Sample>()

    /// Remembers `sample`, and forgets what no rate needs any more.
    mutating func add(_ sample: Sample) {
        samples.append(sample)
        while samples.count > 2, let second = samples.dropFirst().first, sample.time - second.time >= Self.window { samples.removeFirst() }
    }

    /// The rates up to `now`; over a shorter time while the relay is younger than ten seconds, nought in its first half second.
    func rates(to now: Sample) -> Rates {
        guard let first = samples.first, now.time - first.time >= .milliseconds(500) else { return Rates() }
        let seconds = (now.time - first.time).inSeconds
        func rate(_ counter: KeyPath<Sample, UInt64>) -> Double {
            Double(now[keyPath: counter] &- min(first[keyPath: counter], now[keyPath: counter])) / seconds
        }
        return Rates(
            framesIn: rate(\.framesIn), bitsIn: rate(\.bytesIn) * 8, framesOut: rate(\.framesOut), bitsOut: rate(\.bytesOut) * 8)
    }
}
