import Glibc
import NIOCore
import Relay
import RelayConfiguration

/// The system's limit of open files, looked at before anything runs that ends the program when it reaches that limit: event
/// loops do, and the threads of Swift's tasks.
enum DescriptorLimit {
    /// Descriptors that a short run needs besides its event loops: the standard ones, signals, threads, and a few connections.
    private static let base = 24

    /// Of each event loop: what it waits with, what wakes it, its timer.
    private static let perLoop = 3

    /// What is wrong with the limit where a relay is to run with `configuration`, as a sentence; nil where it is enough.
    static func problem(with configuration: RelayConfiguration) -> String? {
        problem(least: configuration.leastDescriptorLimit(loops: NIOSingletons.groupLoopCountSuggestion))
    }

    /// What is wrong with the limit for a command that asks something and ends.
    static func problem() -> String? {
        problem(least: base + perLoop * NIOSingletons.groupLoopCountSuggestion)
    }

    /// The same where so many are needed; raises the limit as far as the system allows.
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
