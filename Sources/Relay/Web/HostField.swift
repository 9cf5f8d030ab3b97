import NIOHTTP1
import RelayConfiguration
import Text

/// The host and port of a `Host` field, taken apart (RFC 9112, 3.2; RFC 3986, 3.2).
struct HostField: Equatable, Sendable {
    /// The name or IPv4 address in lower case, an IPv6 address in its brackets.
    let name: String
    /// The whole field in lower case, as an origin has it behind the scheme.
    let text: String

    /// Nil for a text that is not a host, such as one with blanks, markup, a user or a path.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 300 else { return nil }
        var rest = bytes[...]
        if first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let address = String(decoding: bytes[1..<end], as: UTF8.self)
            guard address.contains(":"), AddressRange(address) != nil, !address.contains("/") else { return nil }
            rest = bytes[(end + 1)...]
        } else {
            rest = bytes.drop { $0 != UInt8(ascii: ":") }
            let host = bytes[..<rest.startIndex]
            guard !host.isEmpty, host.allSatisfy({ $0.isAlphanumeric || "-._~%!$&'()*+,;=".utf8.contains($0) }) else { return nil }
        }
        let name = String(decoding: bytes[..<rest.startIndex], as: UTF8.self).lowercased()
        if let colon = rest.popFirst() {
            guard colon == UInt8(ascii: ":"), rest.count <= 5, rest.allSatisfy(\.isDigit) else { return nil }
        }
        self.name = name
        self.text = text.lowercased()
    }

    /// Whether the host is an IP address. Another site cannot make such a name lead to the relay.
    var isAddress: Bool { name.hasPrefix("[") || (AddressRange(name) != nil && !name.contains("/") && name != "unix") }

    /// Whether the host is this machine's own name for itself.
    var isLoopback: Bool {
        name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]" || (isAddress && name.hasPrefix("127."))
    }

    /// Whether the host cannot be a name of the public DNS: it has one label, or ends in `.local` (RFC 6762).
    var isLocal: Bool { !name.contains(".") || name.hasSuffix(".local") }
}

extension HTTPRequestHead {
    /// The host that the request names. An HTTP/1.1 request has one `Host`; an older request may have none.
    enum HostClaim: Equatable {
        case none
        case one(HostField)
        /// Leads to 400 (RFC 9112, 3.2): the field is missing where it must be, occurs several times, or names no host.
        case invalid
    }

    var hostClaim: HostClaim {
        let fields = headers["Host"]
        guard let field = fields.first else { return version == .http1_1 ? .invalid : .none }
        guard fields.count == 1, let host = HostField(field) else { return .invalid }
        return .one(host)
    }
}
