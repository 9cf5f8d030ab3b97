import Glibc

/// A socket for questions to the local network and their answers, which come to it alone; all calls block.
struct MulticastSocket: ~Copyable {
    private let descriptor: Int32

    /// Nil where the system gives none.
    init?() {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Sends through every interface that takes multicast, else where the system's routes lead; whether any took it.
    @discardableResult
    borrowing func send(_ question: [UInt8], to group: String, port: Int) -> Bool {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = in_port_t(UInt16(port).bigEndian)
        guard inet_pton(AF_INET, group, &target.sin_addr) == 1 else { return false }
        let isMulticast = UInt32(bigEndian: target.sin_addr.s_addr) >> 28 == 0xE
        let interfaces = isMulticast ? Self.interfaces() : []
        var wasTaken = false
        for interface in interfaces.isEmpty ? [nil] : interfaces.map({ Optional($0) }) {
            if var interface {
                setsockopt(descriptor, Int32(IPPROTO_IP), IP_MULTICAST_IF, &interface, socklen_t(MemoryLayout<in_addr>.size))
            }
            let count = withUnsafePointer(to: target) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(
                        descriptor, question, question.count, Int32(MSG_DONTWAIT), $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if count == question.count { wasTaken = true }
        }
        return wasTaken
    }

    borrowing func receive(within milliseconds: Int) -> [UInt8]? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Int32(milliseconds)) > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// The IPv4 addresses of the interfaces that are up and take multicast, the machine's own loop left out.
    static func interfaces() -> [in_addr] {
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
}
