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
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let start = Self.now
        var sends = sendTimes[...]
        while Self.now - start < limit {
            if let next = sends.first, Self.now - start >= next {
                send(message.question, from: descriptor)
                sends = sends.dropFirst()
            }
            let wait = (sends.first ?? limit) - (Self.now - start)
            guard let answer = receive(from: descriptor, within: max(1, wait)) else { continue }
            let found = message.addresses(in: answer).compactMap { Self.socketAddress($0, port: port) }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// Sends through every interface that takes multicast, else where the system's routes lead.
    private func send(_ question: [UInt8], from descriptor: Int32) {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(UInt16(port).bigEndian)
        guard inet_pton(AF_INET, group, &target.sin_addr) == 1 else { return }
        let isMulticast = UInt32(bigEndian: target.sin_addr.s_addr) >> 28 == 0xE
        let interfaces = isMulticast ? Self.interfaces() : []
        for interface in interfaces.isEmpty ? [nil] : interfaces.map({ Optional($0) }) {
            if var interface {
                setsockopt(descriptor, Int32(IPPROTO_IP), IP_MULTICAST_IF, &interface, socklen_t(MemoryLayout<in_addr>.size))
            }
            _ = withUnsafePointer(to: target) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor, question, question.count, Int32(MSG_DONTWAIT), $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    private func receive(from descriptor: Int32, within milliseconds: Int) -> [UInt8]? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(milliseconds)) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 9000)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// The IPv4 addresses of the interfaces that are up and take multicast, the machine's own loop left out.
    private static func interfaces() -> [in_addr] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [in_addr] = []
        var entry = list
        while let interface = entry?.pointee, found.count < 32 {
            entry = interface.ifa_next
            let flags = Int32(bitPattern: interface.ifa_flags)
            guard flags & Int32(IFF_UP) != 0, flags & Int32(IFF_MULTICAST) != 0,
                flags & Int32(IFF_LOOPBACK) == 0, let address = interface.ifa_addr,
                address.pointee.sa_family == sa_family_t(AF_INET)
            else { continue }
            found.append(address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr })
        }
        return found
    }

    /// Nil for an address that only has a meaning on one interface.
    private static func socketAddress(_ address: MulticastMessage.Address, port: Int) -> SocketAddress? {
        if address.count == 16, address.starts(with: [0xFE, 0x80]) { return nil }
        return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: address), port: port)
    }

    /// Milliseconds on a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
