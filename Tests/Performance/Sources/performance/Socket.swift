import CLinux
import Glibc

/// A non-blocking TCP socket on the loopback interface.
struct Socket {
    let descriptor: CInt

    /// Opens a listening socket on a port.
    static func listening(on port: Int) throws(Problem) -> Socket {
        let socket = try Socket.open()
        var one: CInt = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        let bound = withLoopback(port) { bind(socket.descriptor, $0, $1) }
        guard bound == 0, listen(socket.descriptor, 4096) == 0 else { throw Problem(system: "listen on port \(port)") }
        return socket
    }

    /// Begins to connect; the socket becomes writable when it is done. A reader of less than everything gets a small receive
    /// buffer and the segment size of a real network, else the system would hold seconds of pictures for it.
    static func connecting(to port: Int, asSlowReader: Bool = false) throws(Problem) -> Socket {
        let socket = try Socket.open()
        if asSlowReader {
            var buffer: CInt = 16 << 10
            var segment: CInt = 1448
            setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, socklen_t(MemoryLayout<CInt>.size))
            setsockopt(socket.descriptor, CInt(IPPROTO_TCP), TCP_MAXSEG, &segment, socklen_t(MemoryLayout<CInt>.size))
        }
        let result = withLoopback(port) { connect(socket.descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { throw Problem(system: "connect to port \(port)") }
        return socket
    }

    /// The next connection that waits, nil when none does.
    func accepted() -> Socket? {
        let connection = accept_nonblocking(descriptor)
        guard connection >= 0 else { return nil }
        var one: CInt = 1
        setsockopt(connection, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        return Socket(descriptor: connection)
    }

    /// Bytes taken; nil when the connection is gone.
    func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        return count >= 0 ? count : errno == EAGAIN ? 0 : nil
    }

    func send(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { send(UnsafeRawBufferPointer($0)) == $0.count }
    }

    /// Bytes read, 0 when there are none now; nil when the connection is gone.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        return count > 0 ? count : count < 0 && errno == EAGAIN ? 0 : nil
    }

    /// Reads and forgets up to `count` bytes, without copying them out of the system.
    func discard(_ count: Int) -> Int? {
        let count = recv(descriptor, nil, count, CInt(MSG_TRUNC))
        return count > 0 ? count : count < 0 && errno == EAGAIN ? 0 : nil
    }

    func close() { Glibc.close(descriptor) }

    private static func open() throws(Problem) -> Socket {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw Problem(system: "socket") }
        return Socket(descriptor: descriptor)
    }

    private static func withLoopback<Result>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
