import Glibc

/// The system's words for an error number.
package enum SystemError {
    /// The words of `strerror`, with a small first letter for use within a sentence.
    package static func message(_ number: Int32) -> String {
        let text = words(number)
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The words of `strerror`.
    package static func words(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard strerror_r(number, &buffer, buffer.count) == 0 || buffer[0] != 0 else { return "error \(number)" }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "error \(number)" : text
    }
}
