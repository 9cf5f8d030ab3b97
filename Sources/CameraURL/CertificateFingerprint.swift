import Text

/// The SHA-256 of a certificate, by which one camera's certificate is trusted and no other.
package struct CertificateFingerprint: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// Takes a digest; nil unless it has 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits in any case, with colons or blanks between them or without; what `openssl x509 -fingerprint`
    /// writes before them (`sha256 Fingerprint=`, `SHA256:`) may stay.
    package init?(_ text: String) {
        var rest = text.utf8[...]
        if let equals = rest.lastIndex(of: UInt8(ascii: "=")) {
            rest = rest[rest.index(after: equals)...]
        } else if rest.count > 7, ASCII.starts(rest, with: "sha256:") {
            rest = rest.dropFirst(7)
        }
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in rest where byte != UInt8(ascii: ":") && byte != UInt8(ascii: " ") {
            guard let digit = byte.hexadecimalValue, bytes.count < 32 else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self.init(bytes: bytes)
    }
}

extension CertificateFingerprint: CustomStringConvertible {
    /// `AB:CD:…`, as openssl writes it.
    package var description: String {
        bytes.map { Hexadecimal.digits(of: [$0], .capital) }.joined(separator: ":")
    }
}
