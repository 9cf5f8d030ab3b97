import Glibc
import NIOCore
import Text

/// Where a viewer comes from.
enum ViewerOrigin: Sendable {
    /// The connection's other end; nil where the system does not tell.
    case address(SocketAddress?)
    /// The address that a trusted proxy gives.
    case forwarded(String)

    /// An IP address in text form, IPv4 also where the socket serves both; nil for a unix socket.
    static func ipAddress(of peer: SocketAddress) -> String? {
        guard let address = peer.ipAddress else { return nil }
        return address.lowercased().hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }
}

extension ViewerOrigin {
    /// The address without a port, as logs name it.
    var host: String {
        switch self {
        case .forwarded(let address): address
        case .address(let address): address.flatMap(Self.ipAddress) ?? "unix"
        }
    }

    /// What counts as one address where addresses are counted: of IPv6 the first half, of which a household has the other.
    var network: String {
        var address = in6_addr()
        guard host.contains(":"), inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &address) == 1 else { return host }
        return withUnsafeBytes(of: address) { bytes in
            // IPv4 in the form of IPv6, as some proxies write it.
            if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                return bytes.suffix(4).map { String($0) }.joined(separator: ".")
            }
            return "\(Hexadecimal.digits(of: bytes.prefix(8)))::/64"
        }
    }
}

extension ViewerOrigin: CustomStringConvertible {
    /// The address as the status shows it.
    var description: String {
        switch self {
        case .forwarded(let address): return address
        case .address(let address?):
            guard let host = Self.ipAddress(of: address) else { return "unix" }
            return (host.contains(":") ? "[\(host)]" : host) + (address.port.map { ":\($0)" } ?? "")
        case .address(nil): return "unknown"
        }
    }
}
