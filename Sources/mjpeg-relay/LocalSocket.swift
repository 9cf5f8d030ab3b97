import Glibc

/// Sockets of this machine (AF_UNIX), by a path, or by a name in the abstract namespace.
enum LocalSocket {
    /// Calls `body` with the address of `name`; nil where the name does not fit into one.
    ///
    /// A name that begins with `@` is in the abstract namespace, and a zero byte replaces the `@`. Such a name belongs to the network
    /// namespace, needs no file system, and is gone when its process ends (unix(7)).
    static func withAddress<Result>(_ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < capacity else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: bytes)
            if bytes.first == UInt8(ascii: "@") { path[0] = 0 }
        }
        let length = MemoryLayout<sockaddr_un>.size - capacity + bytes.count
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
