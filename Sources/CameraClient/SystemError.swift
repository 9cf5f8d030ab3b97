import Glibc
import NIOCore

/// The system's words for an error number.
package enum SystemError {
    /// As `strerror` says it, in lower case as our sentences go on with it.
    package static func message(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 || buffer[0] != 0 else { return "error \(number)" }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "error \(number)" : text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The system's words where `error` is a failed system call, the error's own description else.
    package static func message(of error: any Error) -> String {
        (error as? IOError).map { message($0.errnoCode) } ?? "\(error)"
    }
}
