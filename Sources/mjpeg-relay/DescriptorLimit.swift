import Glibc
import NIOCore
import Relay
import RelayConfiguration

/// The system's limit of open files. It is checked early, because event loops and the threads of Swift's tasks end the program when they
/// reach the limit.
enum DescriptorLimit {
    /// Descriptors that a short run needs besides its event loops: the standard ones, signals, threads, and a few connections.
    private static let base = 24

    /// Descriptors of each event loop: one to wait with, one to be woken, and a timer.
    private static let perLoop = 3

    /// What is wrong with the limit for a relay with `configuration`, as a sentence; nil where the limit is high enough.
    static func problem(with configuration: RelayConfiguration) -> String? {
        problem(least: configuration.leastDescriptorLimit(loops: NIOSingletons.groupLoopCountSuggestion))
    }

    /// What is wrong with the limit for a command that runs for a short time.
    static func problem() -> String? {
        problem(least: base + perLoop * NIOSingletons.groupLoopCountSuggestion)
    }

    /// What is wrong with the limit where `least` descriptors are needed; raises the limit as far as the system allows.
    private static func problem(least: Int) -> String? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        guard limit.rlim_cur < least else { return nil }
        return "the limit of open files is \(limit.rlim_cur), and at least \(least) are needed here: raise it (ulimit -n)"
    }
}
