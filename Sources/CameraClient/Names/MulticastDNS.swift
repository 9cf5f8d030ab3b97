import Glibc
import NIOCore

/// Asks the local network for a name that ends in `.local` (one-shot multicast DNS, RFC 6762, section 5.1), as slim containers
/// have nobody else who would.
struct MulticastDNS: Sendable {
    /// Where questions go.
    var group = "224.0.0.251"
    var port = 5353
    /// When the question is sent, and when waiting ends, in milliseconds from the start.
    var sendTimes = [0, 500, 1000]
    var limit = 2000

    /// Whether a name is one of the local network's.
    static func isLocal(_ host: String) -> Bool {
        let name = host.lowercased()
        return name.hasSuffix(".local") || name.hasSuffix(".local.")
    }

    /// The addresses of a name, empty where nobody knows it; blocks for at most `limit`.
    func addresses(of host: String, port: Int) -> [SocketAddress] {
        guard let message = MulticastMessage(host: host, id: .random(in: 1...UInt16.max)) else { return [] }
        guard let socket = MulticastSocket() else { return [] }
        let start = Self.now
        var sends = sendTimes[...]
        while Self.now - start < limit {
            if let next = sends.first, Self.now - start >= next {
                socket.send(message.question, to: group, port: self.port)
                sends = sends.dropFirst()
            }
            let wait = (sends.first ?? limit) - (Self.now - start)
            guard let answer = socket.receive(within: max(1, wait)) else { continue }
            let found = message.addresses(in: answer).compactMap { Self.socketAddress($0, port: port) }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// Nil for an address that only has a meaning on one interface.
    private static func socketAddress(_ address: MulticastMessage.Address, port: Int) -> SocketAddress? {
        if address.count == 16, address.starts(with: [0xFE, 0x80]) { return nil }
        return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: port)
    }

    /// Milliseconds on a clock that nobody sets.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
