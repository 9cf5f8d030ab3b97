import Glibc
import Text

extension ListenAddress {
    /// The longest path that fits into a socket's address (108 bytes with the final zero).
    private static let maxPathLength = 107

    /// Reads an address as relay.yaml writes it; a relative `unix:` path starts at `folder`.
    init(text: String, folder: String) throws(TextError) {
        guard text.utf8.count <= 4096 else { throw TextError(message: "the address is too long") }
        if text.utf8.starts(with: "unix:".utf8) {
            self = try Self.unix(String(Substring(text.utf8.dropFirst(5))), folder: folder)
            return
        }
        let split = text.utf8.lastIndex(of: UInt8(ascii: ":"))
        let host = split.map { text[..<$0] } ?? ""
        let portText = split.map { Substring(text[$0...].utf8.dropFirst()) } ?? text[...]
        if host.utf8.contains(UInt8(ascii: ":")), host.utf8.first != UInt8(ascii: "[") || host.utf8.last != UInt8(ascii: "]") {
            throw TextError(message: "an IPv6 address stands in brackets, with the port behind them: [::]:54321")
        }
        guard let port = PortText.parse(portText, range: 0...65535) else {
            throw TextError(message: "the address needs a port from 0 to 65535 behind a colon, such as 0.0.0.0:8080")
        }
        self = .ip(host: try Self.host(host), port: port)
    }

    /// Whether two addresses cannot be bound side by side: the same one twice, or one that includes the other.
    func overlaps(_ other: ListenAddress) -> Bool {
        switch (self, other) {
        case (.unix(let path), .unix(let otherPath)):
            return path == otherPath
        case (.ip(let host, let port), .ip(let otherHost, let otherPort)):
            guard port == otherPort, port != 0 else { return false }
            let hosts = [host, otherHost]
            return host == otherHost || hosts.contains("::") || hosts.contains("0.0.0.0") && !hosts.contains { $0.contains(":") }
        default:
            return false
        }
    }

    private static func unix(_ path: String, folder: String) throws(TextError) -> ListenAddress {
        guard !path.isEmpty else { throw TextError(message: "the unix: address names no path") }
        guard !path.hasControlCharacter else { throw TextError(message: "the unix: path contains a control character") }
        let resolved = PathText.resolved(path, folder: folder)
        guard resolved.utf8.count <= maxPathLength else {
            throw TextError(message: "the unix: path is longer than \(maxPathLength) bytes, the most that a socket's address holds")
        }
        return .unix(path: resolved)
    }

    private static func host(_ text: Substring) throws(TextError) -> String {
        if text.isEmpty { return "::" }
        if text.utf8.first == UInt8(ascii: "[") {
            guard text.utf8.last == UInt8(ascii: "]"), let host = ipv6(String(Substring(text.utf8.dropFirst().dropLast()))) else {
                throw TextError(message: "no IPv6 address stands between the brackets")
            }
            return host
        }
        let host = String(text)
        let isName = host.utf8.count <= 253 && host.utf8.allSatisfy(\.isHostNameByte)
        // A name's last label is never a number (RFC 3696, 2), so this is a mistyped address.
        let endsInNumber = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last?.allSatisfy(\.isDigit)
        guard isName, endsInNumber == false || isAddress(host, family: AF_INET) else {
            throw TextError(message: "the address's host is neither an IP address nor a name")
        }
        return host.lowercased()
    }

    /// The usual spelling of an IPv6 address with or without a zone (RFC 5952), which is how two of them are compared; an IPv4
    /// address that is written as an IPv6 one (`::ffff:127.0.0.1`) is that IPv4 address. Nil for another text.
    private static func ipv6(_ text: String) -> String? {
        let address = text.prefix { $0 != "%" }
        let zone = text[address.endIndex...]
        var storage = in6_addr()
        guard zone.utf8.count != 1, zone.utf8.dropFirst().allSatisfy(\.isHostNameByte), inet_pton(AF_INET6, String(address), &storage) == 1
        else { return nil }
        let bytes = withUnsafeBytes(of: &storage) { Array($0) }
        if bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] {
            return zone.isEmpty ? bytes.suffix(4).map { String($0) }.joined(separator: ".") : nil
        }
        // A zone says which link is meant, and only a link's own addresses leave that open (RFC 4007, 6).
        guard zone.isEmpty || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80) else { return nil }
        var spelling = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isSpelled = spelling.withUnsafeMutableBytes { buffer in
            inet_ntop(AF_INET6, &storage, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), socklen_t(buffer.count)) != nil
        }
        return isSpelled ? String(decoding: spelling.prefix { $0 != 0 }, as: UTF8.self) + zone : nil
    }

    private static func isAddress(_ text: String, family: Int32) -> Bool {
        var storage = in6_addr()
        return inet_pton(family, text, &storage) == 1
    }
}
