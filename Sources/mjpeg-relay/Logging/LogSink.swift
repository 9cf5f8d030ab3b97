import CameraClient
import Dispatch
import Glibc
import Synchronization

/// Holds log lines until standard error takes them. The number of bytes is bounded, so that a log reader that stops reading never stops the
/// relay.
///
/// One thread writes. Lines that find no room are lost, and a line in their place says how many.
final class LogSink: Sendable {
    /// Bytes of lines that may wait.
    static let limit = 256 << 10

    private struct State {
        var waiting: [UInt8] = []
        var lost = 0
        var isWriting = false

        /// Adds a line with the number of lines that were lost since the last line that found room.
        mutating func tellLost() {
            guard lost > 0 else { return }
            waiting += Array("(\(lost) log lines lost: nobody read them)\n".utf8)
            lost = 0
        }
    }

    private let state = Mutex(State())
    private let hasWork = DispatchSemaphore(value: 0)
    private let descriptor: Int32

    /// Writes to `descriptor`, from a thread that lives as long as the process.
    init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
        if !DetachedThread.start({ self.writeForEver() }) {
            // The system gives no thread, which can only happen at the start of the program.
            state.withLock { $0.lost += 1 }
        }
    }

    /// Adds a line; any thread, never waits for the reader.
    func add(_ line: String) {
        let fits = state.withLock { state in
            guard state.waiting.count + line.utf8.count < Self.limit else {
                state.lost += 1
                return false
            }
            state.tellLost()
            state.waiting += Array(line.utf8)
            state.waiting.append(UInt8(ascii: "\n"))
            return true
        }
        if fits { hasWork.signal() }
    }

    /// Waits until all lines so far have been written, at most `limit` seconds. For the end of the program.
    func flush(within limit: Duration = .seconds(1)) {
        let deadline = ContinuousClock.now + limit
        while state.withLock({ !$0.waiting.isEmpty || $0.isWriting }), ContinuousClock.now < deadline {
            usleep(2000)
        }
    }

    private func writeForEver() {
        while true {
            hasWork.wait()
            let bytes = state.withLock { state in
                // Writes the line about lost lines also if no further line follows.
                state.tellLost()
                let bytes = state.waiting
                state.waiting = []
                state.isWriting = !bytes.isEmpty
                return bytes
            }
            write(bytes)
            state.withLock { $0.isWriting = false }
        }
    }

    /// Writes all of `bytes`; gives up on a reader that is gone.
    private func write(_ bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = Glibc.poll(&poll, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}
