import Glibc
import Synchronization

/// The programs of ours that run, told apart from what they leave behind.
///
/// Process 1, which the relay is in a container, inherits every process whose parent has ended and must reap it. It must not
/// reap a program of its own: swift-subprocess waits for these by their numbers and tells how each ended.
package final class StartedPrograms: Sendable {
    /// Those of this process.
    package static let all = StartedPrograms()

    private struct State {
        /// Programs that are being started, so that their numbers are not known yet.
        var starting = 0
        var running: Set<pid_t> = []
    }

    /// One program, from before its start until its end has been told.
    final class Mark: Sendable {
        private let programs: StartedPrograms
        private let pid = Mutex<pid_t?>(nil)

        fileprivate init(_ programs: StartedPrograms) {
            self.programs = programs
            programs.state.withLock { $0.starting += 1 }
        }

        /// The program runs, as this process.
        func started(_ pid: pid_t) {
            self.pid.withLock { $0 = pid }
            programs.state.withLock { state in
                state.starting -= 1
                state.running.insert(pid)
            }
        }

        deinit {
            let pid = pid.withLock { $0 }
            programs.state.withLock { state in
                if let pid { state.running.remove(pid) } else { state.starting -= 1 }
            }
        }
    }

    private let state = Mutex(State())

    /// To be called before a program is started; holds until the mark is released.
    func mark() -> Mark { Mark(self) }

    /// Kills every program of ours, and what it has started in its group; for a relay that ends at once and waits for nobody.
    package func killAll() {
        for pid in state.withLock({ $0.running }) { kill(-pid, SIGKILL) }
    }

    /// Reaps every ended child that is no program of ours, which ``ProgramCamera`` starts. To be called now and then by
    /// process 1; never waits.
    package func reapOthers() {
        // The lock is held meanwhile: while nothing is being started, each child is either known or not ours.
        state.withLock { state in
            guard state.starting == 0 else { return }
            while let child = Self.endedChild {
                guard !state.running.contains(child) else {
                    // The kernel shows one ended child at a time, and goes on showing ours until its own waiter has come.
                    for other in Self.processes where !state.running.contains(other) { Self.reap(other) }
                    return
                }
                guard Self.reap(child) else { return }
            }
        }
    }

    /// A child that has ended and was not reaped.
    private static var endedChild: pid_t? {
        var info = siginfo_t()
        guard waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return nil }
        let pid = info._sifields._sigchld.si_pid
        return pid > 0 ? pid : nil
    }

    /// Reaps a child if it has ended.
    @discardableResult
    private static func reap(_ pid: pid_t) -> Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG) == 0
    }

    /// Every process that can be seen; nothing where there is no /proc.
    private static var processes: [pid_t] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var result: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let pid = pid_t(name) { result.append(pid) }
        }
        return result
    }
}
