/// The escapes of URLs, `%` and two hexadecimal digits (RFC 3986, section 2.1).
package enum PercentCoding {
    /// Decodes the escapes. A `%` that does not begin an escape stands for itself.
    ///
    /// - Parameter plusIsBlank: whether `+` stands for a blank, as in queries that browsers make from forms.
    package static func decode(_ bytes: some Collection<UInt8>, plusIsBlank: Bool = false) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first?.hexadecimalValue, let low = rest.dropFirst().first?.hexadecimalValue {
                decoded.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(plusIsBlank && byte == UInt8(ascii: "+") ? ASCII.space : byte)
            }
        }
        return decoded
    }

    /// Escapes the bytes for which `isPlain` is false, with capital digits.
    package static func encode(_ bytes: some Sequence<UInt8>, isPlain: (UInt8) -> Bool) -> [UInt8] {
        bytes.flatMap { byte in
            isPlain(byte) ? [byte] : [UInt8(ascii: "%"), Hexadecimal.digit(byte >> 4, .capital), Hexadecimal.digit(byte & 15, .capital)]
        }
    }

    /// Whether a byte needs no escape in any part of a URL (RFC 3986, section 2.3).
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "-._~".utf8.contains(byte)
    }
}
