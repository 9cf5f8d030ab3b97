extension CameraURL {
    /// Why a text is no camera address: a sentence for the operator that never repeats the login.
    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// Reads an address such as `http://user:p%40ss@192.0.2.11:8080/?action=stream`.
    ///
    /// The login ends at the last `@` before the path and splits at its first `:`; both halves are percent-decoded, a `%` that
    /// starts no escape stands for itself. A fragment is dropped. Blanks and characters outside ASCII in path and query are
    /// percent-encoded.
    package init(_ text: String) throws(ParseError) {
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ParseError(description: "the URL contains a control character")
        }
        guard let colon = text.firstRange(of: "://") else {
            throw ParseError(description: "a camera's URL begins with http:// (or file: for a file)")
        }
        guard let scheme = Scheme(rawValue: text[..<colon.lowerBound].lowercased()) else {
            throw ParseError(description: "the URL's scheme is neither http nor https")
        }
        let rest = text[colon.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        let afterAuthority = rest[authorityEnd...]

        var login: Login?
        if let at = authority.lastIndex(of: "@") {
            let userinfo = authority[..<at]
            let split = userinfo.firstIndex(of: ":") ?? userinfo.endIndex
            let password = userinfo[split...].dropFirst()
            if !userinfo.isEmpty {
                login = Login(user: Self.percentDecoded(userinfo[..<split]), password: Self.percentDecoded(password))
            }
            authority = authority[authority.index(after: at)...]
        }

        let host: Substring
        let portText: Substring
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else {
                throw ParseError(description: "the URL's IPv6 address has no closing bracket")
            }
            host = authority[authority.index(after: authority.startIndex)..<close]
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isIPv6Byte) else {
                throw ParseError(description: "the URL's host is no IPv6 address")
            }
            let tail = authority[authority.index(after: close)...]
            guard tail.isEmpty || tail.first == ":" else {
                throw ParseError(description: "the URL has text between ']' and the port")
            }
            portText = tail.dropFirst()
        } else {
            let split = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<split]
            portText = authority[split...].dropFirst()
            guard !host.isEmpty else { throw ParseError(description: "the URL has no host") }
            guard host.utf8.count <= 253, host.utf8.allSatisfy(Self.isHostByte) else {
                throw ParseError(
                    description: "the URL's host has a character that no host has (in a login, write / as %2F, ? as %3F, # as %23)")
            }
        }
        var port = scheme.defaultPort
        if !portText.isEmpty {
            guard portText.utf8.count <= 5, portText.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(portText),
                (1...65535).contains(number)
            else {
                throw ParseError(
                    description: "the URL's port is no number from 1 to 65535 (in a login, write / as %2F, ? as %3F, # as %23)")
            }
            port = number
        }

        var target = Self.encodedTarget(afterAuthority.prefix { $0 != "#" })
        if target.first != "/" { target = "/" + target }
        self.init(scheme: scheme, host: String(host), port: port, target: target, login: login)
    }

    /// Decodes `%XX`; what is no escape stands for itself, bytes that are no UTF-8 become U+FFFD.
    static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first?.hexValue, let low = rest.dropFirst().first?.hexValue {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes what may not stand in a request line and leaves the rest as the operator wrote it.
    private static func encodedTarget(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if byte <= 0x20 || byte >= 0x7F {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default:
            false
        }
    }

    /// Hexadecimal digits, colons, a trailing IPv4 address, and a zone (`%eth0`).
    private static func isIPv6Byte(_ byte: UInt8) -> Bool {
        isHostByte(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
    }
}

extension UInt8 {
    /// The value of this byte as a hexadecimal digit, nil for any other byte.
    fileprivate var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
