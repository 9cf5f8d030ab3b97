import Glibc
import NIOCore

/// Tells systemd the state of the program (sd_notify), through the datagram socket that `NOTIFY_SOCKET` names, if any.
///
/// `Type=notify` and `Type=notify-reload` need no library: the messages are lines of text (systemd's sd_notify(3)).
struct ServiceManager: Sendable {
    private let socketPath: String?
    /// Half the time that systemd waits for a sign of life; nil where systemd does not wait for one.
    let watchdogInterval: TimeAmount?
    /// What is wrong with the environment, as a sentence for the log.
    let problem: String?

    init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        guard isForUs, let text = environment["WATCHDOG_USEC"], !text.isEmpty else {
            (watchdogInterval, problem) = (nil, nil)
            return
        }
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isNumber, let limit = Int64(text), limit > 0 {
            watchdogInterval = .microseconds(max(1000, limit / 2))
            problem = nil
        } else {
            watchdogInterval = nil
            problem = "WATCHDOG_USEC is no number of microseconds, so no sign of life is sent"
        }
    }

    func ready() { send("READY=1") }

    func alive() { send("WATCHDOG=1") }

    func stopping() { send("STOPPING=1") }

    /// Tells that a reload begins; ``ready()`` tells that it has ended. systemd orders the two by the monotonic clock.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)")
    }

    private func send(_ message: String) {
        guard let socketPath else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(message.utf8)
        _ = LocalSocket.withAddress(socketPath) {
            sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, $1)
        }
    }
}
