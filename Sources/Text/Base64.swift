/// Base64 with padding (RFC 4648, section 4) and its form for URLs without padding (section 5). The standard library has neither.
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

    /// Encodes `bytes` into the start of `target`, which must be large enough, and returns the number of bytes written.
    package static func encode(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        let length = length(of: bytes.count)
        precondition(target.count >= length, "no room for the encoded bytes")
        alphabet.withUnsafeBufferPointer { write(bytes, to: target, $0) }
        return length
    }

    /// Encodes a few bytes for a URL: `-` and `_` in place of `+` and `/`, no padding.
    package static func encodeForURL(_ bytes: some Sequence<UInt8>) -> String {
        let text = encode(bytes).utf8.filter { $0 != UInt8(ascii: "=") }.map { byte in
            byte == UInt8(ascii: "+") ? ASCII.dash : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes either form, padded or not; nil for any other text. Unused bits must be zero, so that no two texts mean the same bytes.
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var text = Array(text)
        let length = text.count
        while text.last == UInt8(ascii: "="), length - text.count < 2 { text.removeLast() }
        guard text.count % 4 != 1, length == text.count || length % 4 == 0 else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var count = 0
        for letter in text {
            guard let value = value(of: letter) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            bits &= (1 << UInt32(count)) - 1
        }
        return bits == 0 ? decoded : nil
    }

    /// The six bits that a letter of either form stands for.
    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter) - 97 + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter) - 48 + 52
        case UInt8(ascii: "+"), ASCII.dash: 62
        case ASCII.slash, UInt8(ascii: "_"): 63
        default: nil
        }
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
