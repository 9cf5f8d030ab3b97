import Glibc
import NIOCore
import Synchronization

/// The kernel's figures for this process.
struct ProcessReport: Sendable {
    /// Resident memory in bytes; nil where the system does not say.
    let memoryBytes: Int?
    /// Private memory in bytes: resident memory without the shared pages of files.
    let privateBytes: Int?
    /// Open descriptors.
    let descriptors: Int?
    /// The limit of open descriptors.
    let descriptorLimit: Int?
    /// Seconds of processor time since the start.
    let processorSeconds: Double

    /// Asks the kernel now. The more descriptors are open, the longer this takes.
    init() {
        let status = Self.lines(of: "/proc/self/status")
        func kilobytes(_ key: String) -> Int? {
            status.first { $0.hasPrefix(key) }.flatMap { Int($0.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) }) }
        }
        memoryBytes = kilobytes("VmRSS:").map { $0 << 10 }
        privateBytes = kilobytes("RssAnon:").map { $0 << 10 }
        descriptors = Self.countEntries(of: "/proc/self/fd")
        var limit = rlimit()
        descriptorLimit = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Int(clamping: limit.rlim_cur) : nil
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        processorSeconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// The figures as they were at most a second ago: every open page asks once a second.
    static var recent: ProcessReport {
        known.withLock { known in
            let now = NIODeadline.now()
            if let known, now - known.at < .seconds(1) { return known.report }
            let report = ProcessReport()
            known = (now, report)
            return report
        }
    }

    private static let known = Mutex<(at: NIODeadline, report: ProcessReport)?>(nil)

    private static func lines(of path: String) -> [Substring] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
    }

    private static func countEntries(of path: String) -> Int? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) { if entry.pointee.d_type == DT_LNK { count += 1 } }
        // One of the descriptors was opened to count the others.
        return count - 1
    }
}
