import NIOCore
import Testing

@testable import Relay

/// What proxies say of their clients before the clients' first byte.
@Suite struct ProxyPreambleTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let ipv4: [UInt8] = [0x21, 0x11, 0, 12, 203, 0, 113, 7, 192, 0, 2, 1, 0xDC, 0x04, 0x01, 0xBB]

    private func read(_ bytes: [UInt8]) -> ProxyPreamble {
        ProxyPreamble(ByteBuffer(bytes: [0, 0] + bytes).readableBytesView.dropFirst(2))
    }
    private func read(_ text: String) -> ProxyPreamble { read(Array(text.utf8)) }

    @Test func clientsAreRead() throws {
        let line = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n"
        let client = try SocketAddress(ipAddress: "203.0.113.7", port: 56324)
        #expect(read(line + "GET / HTTP/1.1\r\n") == .client(client, length: line.utf8.count))
        #expect(read(Self.signature + Self.ipv4 + [0x47]) == .client(client, length: 28))
        let line6 = "PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n"
        let client6 = try SocketAddress(ipAddress: "2001:db8::7", port: 56324)
        #expect(read(line6) == .client(client6, length: line6.utf8.count))
        let packed: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]
        let ipv6 = [0x21, 0x21, 0, 39] + packed + packed + [0xDC, 0x04, 0x01, 0xBB] + [4, 0, 0]
        #expect(read(Self.signature + ipv6) == .client(client6, length: 55))
        // The proxy itself, and kinds that are not known here.
        #expect(read("PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n") == .client(nil, length: 43))
        #expect(read("PROXY UNKNOWN\r\nGET") == .client(nil, length: 15))
        #expect(read(Self.signature + [0x20, 0x00, 0, 0]) == .client(nil, length: 16))
        #expect(read(Self.signature + [0x21, 0x31, 0, 1, 0]) == .client(nil, length: 17))
    }

    @Test func eachPreambleIsIncompleteUntilItsLastByte() {
        for whole in [Self.signature + Self.ipv4, Array("PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n".utf8)] {
            for count in 0..<whole.count { #expect(read(Array(whole.prefix(count))) == .incomplete, "\(count)") }
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n", "PROXX TCP4", "\r\nGET", "proxy TCP4 203.0.113.7 192.0.2.1 1 2\r\n", "\u{16}\u{3}\u{1}"])
    func whatIsNoPreambleIsLeftAlone(text: String) { #expect(read(text) == .none) }

    @Test(arguments: [
        "PROXY \r\n", "PROXY TCP4\r\n", "PROXY TCP4 203.0.113.7 192.0.2.1 56324\r\n", "PROXY TCP4 2001:db8::7 192.0.2.1 1 2\r\n",
        "PROXY TCP6 203.0.113.7 192.0.2.1 1 2\r\n", "PROXY TCP4 203.0.113.7 192.0.2.1 99999 2\r\n", "PROXY TCP4 a.example b 1 2\r\n",
        "PROXY TCP4 203.0.113.7 192.0.2.1 1 2\n", "PROXY TCP5 203.0.113.7 192.0.2.1 1 2\r\n", "PROXY TCP4  203.0.113.7 192.0.2.1 1 2\r\n",
        "PROXY " + String(repeating: "x", count: 200),
    ])
    func linesThatAreBrokenAreRefused(text: String) { #expect(read(text) == .malformed) }

    @Test func bytesThatAreBrokenAreRefused() {
        #expect(read(Self.signature + [0x11, 0x11, 0, 0]) == .malformed, "version 1 in the binary form")
        #expect(read(Self.signature + [0x22, 0x11, 0, 0]) == .malformed, "a command that is none")
        #expect(read(Self.signature + [0x21, 0x11, 0, 11] + Array(repeating: 1, count: 11)) == .malformed, "too few bytes for IPv4")
        #expect(read(Self.signature + [0x21, 0x21, 0, 12] + Array(repeating: 1, count: 12)) == .malformed, "too few bytes for IPv6")
        #expect(read(Self.signature + [0x21, 0x11, 0xFF, 0xFF]) == .malformed, "more than is waited for")
    }
}
