import Glibc

/// Times on the monotonic clock, which all processes of the benchmark share.
enum Clock {
    /// Nanoseconds since some moment before all of this.
    static var now: UInt64 { nanoseconds(CLOCK_MONOTONIC) }

    /// Processor time of a process so far, in seconds; nil when it is gone.
    static func processorSeconds(of process: pid_t) -> Double? {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
