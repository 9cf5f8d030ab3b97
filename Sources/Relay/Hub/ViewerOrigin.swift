import NIOCore

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
