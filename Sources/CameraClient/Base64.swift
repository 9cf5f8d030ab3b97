import NIOCore

/// Base64 (RFC 4648, section 4), padding included; the standard library has none.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The number of characters that `count` bytes become.
    package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Encodes a few bytes, such as a login or a hash.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var buffer = ByteBuffer()
        write(ByteBuffer(bytes: bytes), into: &buffer)
        return String(buffer: buffer)
    }

    /// Appends the readable bytes of `source`, encoded.
    package static func write(_ source: ByteBuffer, into buffer: inout ByteBuffer) {
        let length = length(of: source.readableBytes)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
            source.withUnsafeReadableBytes { bytes in
                alphabet.withUnsafeBufferPointer { encode(bytes, to: target, $0) }
            }
            return length
        }
    }

    private static func encode(
        _ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, _ letters: UnsafeBufferPointer<UInt8>
    ) {
        var out = 0
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var bits = UInt32(bytes[start]) << 16
            if count > 1 { bits |= UInt32(bytes[start + 1]) << 8 }
            if count > 2 { bits |= UInt32(bytes[start + 2]) }
            target[out] = letters[Int(bits >> 18)]
            target[out + 1] = letters[Int(bits >> 12 & 63)]
            target[out + 2] = count > 1 ? letters[Int(bits >> 6 & 63)] : UInt8(ascii: "=")
            target[out + 3] = count > 2 ? letters[Int(bits & 63)] : UInt8(ascii: "=")
            out += 4
        }
    }
}
