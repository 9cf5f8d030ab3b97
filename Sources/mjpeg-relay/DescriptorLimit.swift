import Glibc
import NIOCore
import RelayConfiguration

/// The system's limit of open files, looked at before anything runs that ends the program when it reaches that limit: event
/// loops do, and the threads of Swift's tasks.
enum DescriptorLimit {
    /// Descriptors that any run needs besides its event loops: the standard ones, signals, threads, files read now and then, and
    /// a few connections.
    private static let base = 24

    /// Of each event loop: what it waits with, what wakes it, its timer.
    private static let perLoop = 3

    /// What is wrong with the limit where a relay is to run with `configuration`, as a sentence; nil where it is enough.
    static func problem(with configuration: RelayConfiguration) -> String? {
        let ports = configuration.sources.count { $0.port != nil } + (configuration.webSocketPort == nil ? 0 : 1)
        let listeners = configuration.listen.count * (1 + ports) + configuration.access.admin.count
        let cameras = configuration.sources.reduce(0) { sum, source in
            // A program has two pipes, each with two ends while it starts, and is waited for.
            if case .program = source.upstream { sum + 6 } else { sum + 1 }
        }
        return problem(besides: listeners + cameras)
    }

    /// What is wrong with the limit where so many descriptors are needed besides those of every run; raises it as far as the
    /// system allows.
    static func problem(besides count: Int = 0) -> String? {
        let least = base + perLoop * NIOSingletons.groupLoopCountSuggestion + count
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
