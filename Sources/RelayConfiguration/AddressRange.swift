import Glibc

/// A range of IP addresses, written as `10.0.0.0/8`, `fd00::/8` or one address; `unix` stands for whoever comes through a
/// `unix:` listener.
package enum AddressRange: Equatable, Sendable {
    /// Sixteen bytes, IPv4 as IPv4-mapped IPv6 (RFC 4291, 2.5.5.2), of which the first `bits` count.
    case network([UInt8], bits: Int)
    case unix

    /// Nil for a text that is not such a range.
    package init?(_ text: String) {
        if text == "unix" {
            self = .unix
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Self.bytes(of: String(first)) else { return nil }
        let offset = first.contains(":") ? 0 : 96
        var bits = 128
        if parts.count > 1 {
            guard let length = PortText.parse(parts[1], range: 0...(128 - offset)) else { return nil }
            bits = offset + length
        }
        self = .network(address, bits: bits)
    }

    /// Whether an address in text form lies in this range.
    package func contains(_ address: String) -> Bool {
        guard case .network(let network, let bits) = self, let address = Self.bytes(of: address) else { return false }
        for (index, pair) in zip(network, address).enumerated() {
            let rest = bits - index * 8
            guard rest > 0 else { return true }
            let mask: UInt8 = rest >= 8 ? 0xFF : ~(0xFF >> UInt8(rest))
            if (pair.0 ^ pair.1) & mask != 0 { return false }
        }
        return true
    }

    /// The sixteen bytes of an IP address in text form, nil for anything else.
    private static func bytes(of text: String) -> [UInt8]? {
        if text.contains(":") {
            var address = in6_addr()
            guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
            return withUnsafeBytes(of: &address) { Array($0) }
        }
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + withUnsafeBytes(of: &address) { Array($0) }
    }
}
