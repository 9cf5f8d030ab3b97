import NIOHTTP1
import RelayConfiguration
import Text

/// The host and port of a `Host` field, taken apart (RFC 9112, 3.2; RFC 3986, 3.2).
struct HostField: Equatable, Sendable {
    /// The name or IPv4 address in lower case, an IPv6 address in its brackets.
    let name: String
    /// The field as it stands, in lower case: what an origin has behind its scheme.
    let text: String

    /// Nil for what is no host: blanks, markup, a user, a path.
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

    /// Whether this is an address by number, which no other site's name can be made to lead to.
    var isAddress: Bool { name.hasPrefix("[") || (AddressRange(name) != nil && !name.contains("/") && name != "unix") }

    /// Whether it is this machine's own name for itself.
    var isLoopback: Bool {
        name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]" || (isAddress && name.hasPrefix("127."))
    }

    /// Whether no name of the public DNS is like it: one label, or one of the local network (RFC 6762).
    var isLocal: Bool { !name.contains(".") || name.hasSuffix(".local") }
}

extension HTTPRequestHead {
    /// What the request says of the host. An HTTP/1.1 request has one `Host`; an older one may have none.
    enum HostClaim: Equatable {
        case none
        case one(HostField)
        /// 400 (RFC 9112, 3.2): none where one must be, several, or what is no host.
        case invalid
    }

    var hostClaim: HostClaim {
        let fields = headers["Host"]
        guard let field = fields.first else { return version == .http1_1 ? .invalid : .none }
        guard fields.count == 1, let host = HostField(field) else { return .invalid }
        return .one(host)
    }
}
