import Glibc
import NIOCore

/// The system's way to turn a name into addresses: hosts file, DNS, and what else `nsswitch.conf` says.
enum SystemLookup {
    /// Asks `getaddrinfo` for stream addresses of any family; blocks.
    static func addresses(of host: String, port: Int) -> HostResolver.Outcome {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { return .failure(HostResolver.LookupFailure(code: code)) }
        defer { if let list { freeaddrinfo(list) } }
        var addresses: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let address = info.ai_addr {
                switch info.ai_family {
                case AF_INET:
                    address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
                case AF_INET6:
                    address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { addresses.append(SocketAddress($0.pointee)) }
                default:
                    break
                }
            }
            entry = info.ai_next
        }
        return .success(addresses)
    }
}
