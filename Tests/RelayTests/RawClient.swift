import Foundation
import Glibc

/// A blocking TCP client on loopback that sends and reads bytes as they are; used on a thread of its own.
final class RawClient {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// One WebSocket frame from the relay.
    struct Message: Equatable {
        var opcode: UInt8
        var payload: [UInt8]

        /// The number at the start of a close frame.
        var closeCode: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
        /// The first number of a binary message.
        var sequence: UInt64 { payload.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
        /// The second number of a binary message.
        var milliseconds: UInt64 { payload.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
    }

    private let socket: Int32
    private var buffer: [UInt8] = []
    /// What every byte on the wire is combined with, by exclusive or.
    private let mask: UInt8
    /// The bytes that came, as they were on the wire.
    private(set) var wire: [UInt8] = []

    init(port: Int, receiveBuffer: Int32? = nil, mask: UInt8 = 0) throws {
        self.mask = mask
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure(description: "cannot connect to port \(port)") }
    }

    deinit { close(socket) }

    /// Says that nothing more will be sent.
    func shutDownSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Exactly so many bytes.
    func readBytes(_ count: Int) throws -> [UInt8] { try read(count) }

    /// Runs blocking work on a thread of its own, since a test's own thread is one of the few that the relay's tasks have.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// One GET on a connection of its own.
    static func get(
        _ port: Int, _ path: String, _ fields: String = "", host: String = "127.0.0.1"
    ) throws -> (head: String, body: String, bytes: [UInt8]) {
        let client = try RawClient(port: port)
        try client.send("GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\n\(fields)\r\n")
        let (head, body) = try client.readAnswer()
        return (head, String(decoding: body, as: UTF8.self), body)
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        let bytes = bytes.map { $0 ^ mask }
        guard Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(description: "cannot send")
        }
    }

    /// Sends a masked, unfragmented frame of at most 65535 bytes, or one as the flags say.
    func sendFrame(_ opcode: UInt8, _ payload: [UInt8], isMasked: Bool = true, isLast: Bool = true) throws {
        var bytes: [UInt8] = [(isLast ? 0x80 : 0) | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        if payload.count < 126 {
            bytes.append(mask | UInt8(payload.count))
        } else {
            bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        let key: [UInt8] = [1, 2, 3, 4]
        if isMasked { bytes += key }
        bytes += payload.enumerated().map { isMasked ? $1 ^ key[$0 % 4] : $1 }
        try send(bytes)
    }

    func acknowledge(_ sequence: UInt64) throws {
        try sendFrame(2, (0..<8).reversed().map { UInt8(truncatingIfNeeded: sequence >> ($0 * 8)) })
    }

    /// An answer's head, up to the blank line.
    func readHead() throws -> String {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                defer { buffer.removeSubrange(..<end.upperBound) }
                return String(decoding: buffer[..<end.upperBound], as: UTF8.self)
            }
            guard try fill() else { throw Failure(description: "the connection ended before the head did") }
        }
    }

    /// A whole answer with a Content-Length.
    func readAnswer() throws -> (head: String, body: [UInt8]) {
        let head = try readHead()
        let length =
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
        return (head, try read(length))
    }

    func readMessage() throws -> Message {
        let start = try read(2)
        var length = Int(start[1] & 0x7F)
        if length == 126 { length = try read(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try read(8).reduce(0) { $0 << 8 | Int($1) } }
        return Message(opcode: start[0] & 0x0F, payload: try read(length))
    }

    /// Messages up to and including the first that is no frame.
    func readControl() throws -> Message {
        while true {
            let message = try readMessage()
            if message.opcode > 2 { return message }
        }
    }

    /// Whether bytes come within `milliseconds`.
    func hasBytes(within milliseconds: Int32) -> Bool {
        var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return !buffer.isEmpty || Glibc.poll(&poll, 1, milliseconds) > 0
    }

    /// Reads until the other side closes; throws after ten seconds of silence.
    func readToEnd() throws -> [UInt8] {
        while try fill() {}
        defer { buffer = [] }
        return buffer
    }

    private func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw Failure(description: "the connection ended early") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func fill() throws -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(socket, &piece, piece.count, 0)
        if count < 0, errno == EAGAIN { throw Failure(description: "nothing came for ten seconds") }
        guard count > 0 else { return false }
        buffer += piece.prefix(count).map { $0 ^ mask }
        if mask != 0 { wire += piece.prefix(count) }
        return true
    }
}
