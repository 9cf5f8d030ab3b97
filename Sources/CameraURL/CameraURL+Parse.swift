import Glibc
import Text

extension CameraURL {
    /// Why a text is no camera address: a sentence for the operator that never repeats the login.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// What to try when the text behind the login is no host: the login probably ended too early.
    private static let escapeHint = "in a login, write / as %2F, ? as %3F, # as %23"

    /// Reads an address such as `http://user:p%40ss@192.0.2.11:8080/?action=stream`.
    ///
    /// The login ends at the last `@` before the path and splits at its first `:`; both halves are percent-decoded, a `%` that
    /// starts no escape stands for itself. A fragment is dropped. Blanks and bytes outside ASCII in path and query are
    /// percent-encoded.
    package init(_ text: String) throws(ParseError) {
        // Bytes, not characters: to Swift a slash with a combining accent is one character and no slash.
        let bytes = text.utf8
        guard !bytes.contains(where: \.isControl) else {
            throw ParseError(description: "the URL contains a control character")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            throw ParseError(description: "a camera's URL begins with http:// (or file: for a file)")
        }
        guard let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            throw ParseError(description: "the URL's scheme is neither http nor https")
        }
        let rest = bytes[colon...].dropFirst(3)
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        let target = rest[authority.endIndex...].prefix { $0 != UInt8(ascii: "#") }

        var login: Login?
        var address = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            let userinfo = authority[..<at]
            if !userinfo.isEmpty { login = try Self.login(userinfo) }
            address = authority[at...].dropFirst()
        }
        let (host, port) = try Self.hostAndPort(address)
        self.init(
            scheme: scheme, host: host, port: port ?? scheme.defaultPort, target: Self.encodedTarget(target), login: login)
    }

    private static func login(_ text: Substring.UTF8View) throws(ParseError) -> Login {
        let user = text.prefix { $0 != UInt8(ascii: ":") }
        return Login(user: try percentDecoded(user), password: try percentDecoded(text[user.endIndex...].dropFirst()))
    }

    /// Decodes `%XX`; what is no escape stands for itself.
    private static func percentDecoded(_ text: Substring.UTF8View) throws(ParseError) -> String {
        let bytes = PercentCoding.decode(text)
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw ParseError(description: "the URL's login is not UTF-8 once its escapes are decoded; write % as %25")
        }
        // It would end up in a header field of the request.
        guard !bytes.contains(where: \.isControl) else {
            throw ParseError(description: "the URL's login contains a control character; write % as %25")
        }
        return decoded
    }

    /// Takes `host`, `host:port` and `[address]:port`; no port where none is named.
    private static func hostAndPort(_ text: Substring.UTF8View) throws(ParseError) -> (host: String, port: Int?) {
        let host: String
        var tail: Substring.UTF8View
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else {
                throw ParseError(description: "the URL's IPv6 address has no closing bracket")
            }
            guard let address = ipv6Address(text[..<close].dropFirst()) else {
                throw ParseError(description: "the URL has no IPv6 address between its brackets")
            }
            host = address
            tail = text[close...].dropFirst()
            guard tail.isEmpty || tail.first == UInt8(ascii: ":") else {
                throw ParseError(description: "the URL has text between ']' and the port")
            }
        } else {
            let name = text.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty else { throw ParseError(description: "the URL has no host") }
            guard name.count <= 253, name.allSatisfy(\.isHostNameByte) else {
                throw ParseError(description: "the URL's host has a character that no host has (\(escapeHint))")
            }
            host = String(Substring(name))
            tail = text[name.endIndex...]
        }
        tail = tail.dropFirst()
        guard !tail.isEmpty else { return (host, nil) }
        guard tail.count <= 5, tail.allSatisfy(\.isDigit), let port = Int(Substring(tail)),
            (1...65535).contains(port)
        else {
            throw ParseError(description: "the URL's port is no number from 1 to 65535 (\(escapeHint))")
        }
        return (host, port)
    }

    /// An IPv6 address, perhaps with a zone: `fe80::1%eth0`, in a URL also `fe80::1%25eth0` (RFC 6874).
    private static func ipv6Address(_ text: Substring.UTF8View) -> String? {
        let address = String(Substring(text.prefix { $0 != UInt8(ascii: "%") }))
        var storage = in6_addr()
        guard inet_pton(AF_INET6, address, &storage) == 1 else { return nil }
        guard let percent = text.firstIndex(of: UInt8(ascii: "%")) else { return address }
        var zone = text[percent...].dropFirst()
        if zone.starts(with: "25".utf8), zone.count > 2 { zone = zone.dropFirst(2) }
        guard !zone.isEmpty, zone.allSatisfy(\.isHostNameByte) else { return nil }
        return "\(address)%\(Substring(zone))"
    }

    /// Encodes what may not stand in a request line and leaves the rest as the operator wrote it; begins with `/`.
    private static func encodedTarget(_ text: Substring.UTF8View) -> String {
        let start = text.first == UInt8(ascii: "/") ? "" : "/"
        return start + String(decoding: PercentCoding.encode(text) { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    }
}
