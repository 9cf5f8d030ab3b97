/// The signer and the owner of a certificate, as encoded (RFC 5280, section 4.1). The TLS library does not give them.
///
/// They are used to word messages only, and never to decide about trust.
package struct CertificateParties {
    /// The encoded name of the signer.
    package let issuer: ArraySlice<UInt8>
    /// The encoded name of the owner.
    package let subject: ArraySlice<UInt8>

    /// Nil for bytes that are not encoded as a certificate.
    package init?(_ der: [UInt8]) {
        var outer = der[...]
        guard var certificate = Self.take(0x30, from: &outer), var fields = Self.take(0x30, from: &certificate) else { return nil }
        // The version comes first, except in certificates of the oldest form.
        if fields.first == 0xA0 { _ = Self.take(0xA0, from: &fields) }
        guard Self.take(0x02, from: &fields) != nil, Self.take(0x30, from: &fields) != nil,
            let issuer = Self.take(0x30, from: &fields), Self.take(0x30, from: &fields) != nil,
            let subject = Self.take(0x30, from: &fields)
        else { return nil }
        self.issuer = issuer
        self.subject = subject
    }

    /// The owner's common name; nil if the owner has none.
    package var commonName: String? {
        var sets = subject
        while var set = Self.take(0x31, from: &sets) {
            guard var attribute = Self.take(0x30, from: &set), let identifier = Self.take(0x06, from: &attribute) else { continue }
            // 2.5.4.3, id-at-commonName.
            guard identifier.elementsEqual([0x55, 0x04, 0x03]), let kind = attribute.first,
                let text = Self.take(kind, from: &attribute)
            else { continue }
            return String(decoding: text, as: UTF8.self)
        }
        return nil
    }

    /// Takes one value of a kind from the front and returns its content; nil if the front is something else.
    private static func take(_ tag: UInt8, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
        }
        guard length <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return bytes.prefix(length)
    }
}
