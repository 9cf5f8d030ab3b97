/// Base64 (RFC 4648, section 4), padding included; the standard library has none.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The number of characters that `count` bytes become.
    package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Encodes a few bytes, such as a login or a hash.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        return String(unsafeUninitializedCapacity: length(of: bytes.count)) { target in
            bytes.withUnsafeBytes { encode($0, into: UnsafeMutableRawBufferPointer(target)) }
        }
    }

    /// Encodes `bytes` into the start of `target`, which has room for them, and returns their length there.
    package static func encode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        let length = length(of: bytes.count)
        precondition(target.count >= length, "no room for the encoded bytes")
        alphabet.withUnsafeBufferPointer { write(bytes, to: target, $0) }
        return length
    }

    private static func write(
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
