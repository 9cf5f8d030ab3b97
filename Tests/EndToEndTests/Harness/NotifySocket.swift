import Foundation
import Synchronization
import TestSupport

/// The socket on which a service manager hears from a program (sd_notify): collects the messages in order.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32
    private let state = Mutex<[String]>([])

    /// Binds a datagram socket in `folder` and reads it until ``close()``.
    init(in folder: String) throws {
        path = folder + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard descriptor >= 0, name.count < MemoryLayout.size(ofValue: address.sun_path) else { throw POSIXError(.ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                let message = String(decoding: buffer[..<count], as: UTF8.self)
                state.withLock { $0.append(message) }
            }
            Foundation.close(descriptor)
        }
    }

    /// Each message as it came.
    var messages: [String] { state.withLock { $0 } }

    /// Waits for the message with this number, counted from 0 without signs of life.
    func message(_ index: Int) async throws -> String {
        try await eventually("message \(index); there are \(messages)") {
            let news = messages.filter { $0 != "WATCHDOG=1" }
            return index < news.count ? news[index] : nil
        }
    }

    /// Ends the reading, which closes the descriptor.
    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
