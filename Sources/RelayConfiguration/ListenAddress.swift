/// An address on which viewers connect.
///
/// Written as `[::]:54321`, `0.0.0.0:8080`, `localhost:8080`, `unix:/run/mjpeg-relay.sock`; without a host (`:8080` or
/// `8080`) every host is meant, which is `[::]`. Port 0 lets the system choose a free one.
package enum ListenAddress: Hashable, Sendable {
    /// A host and a port over TCP. The host is a name, an IPv4 address, or an IPv6 address without brackets.
    case ip(host: String, port: Int)
    /// A socket in the file system, its path at most 107 bytes.
    case unix(path: String)

    /// Where viewers connect unless the configuration says otherwise: every host.
    package static let builtIn = ListenAddress.ip(host: "::", port: RelayConfiguration.defaultPort)

    /// The port over TCP.
    package var port: Int? {
        if case .ip(_, let port) = self { port } else { nil }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// The address as relay.yaml writes it.
    package var description: String {
        switch self {
        case .ip(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
