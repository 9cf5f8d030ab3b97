import Glibc
import NIOCore

/// What a proxy says of the client before the client's first byte: the PROXY protocol, versions 1 and 2
/// (<https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>).
enum ProxyPreamble: Equatable {
    /// More bytes are needed to tell.
    case incomplete
    /// The bytes are no preamble.
    case none
    /// A preamble that cannot be read.
    case malformed
    /// A preamble of `length` bytes; nil for a client that is the proxy itself, or of no kind that is known here.
    case client(SocketAddress?, length: Int)

    /// The longest line of version 1, line end included.
    private static let maxLineLength = 107
    /// More than any proxy adds to the addresses.
    private static let maxAddedLength = 4096
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let word = Array("PROXY ".utf8)

    /// Reads the first bytes of a connection.
    init(_ bytes: ByteBufferView) {
        if bytes.starts(with: Self.signature) {
            self = Self.binary(bytes)
        } else if bytes.starts(with: Self.word) {
            self = Self.line(bytes)
        } else if Self.signature.starts(with: bytes) || Self.word.starts(with: bytes) {
            self = .incomplete
        } else {
            self = .none
        }
    }

    private static func line(_ bytes: ByteBufferView) -> ProxyPreamble {
        let head = bytes.prefix(maxLineLength)
        guard let end = head.firstIndex(of: 0x0A) else { return head.count < maxLineLength ? .incomplete : .malformed }
        let length = end - bytes.startIndex + 1
        guard length >= 2, bytes[end - 1] == 0x0D, let text = String(validating: bytes[bytes.startIndex..<(end - 1)], as: UTF8.self) else {
            return .malformed
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2 else { return .malformed }
        if words[1] == "UNKNOWN" { return .client(nil, length: length) }
        guard words.count == 6, ["TCP4", "TCP6"].contains(words[1]), (words[1] == "TCP6") == words[2].contains(":"),
            let port = UInt16(words[4]), UInt16(words[5]) != nil,
            let address = try? SocketAddress(ipAddress: String(words[2]), port: Int(port))
        else { return .malformed }
        return .client(address, length: length)
    }

    private static func binary(_ bytes: ByteBufferView) -> ProxyPreamble {
        let fixed = signature.count + 4
        guard bytes.count >= fixed else { return .incomplete }
        let start = bytes.startIndex + signature.count
        let (command, family) = (bytes[start], bytes[start + 1])
        let added = Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
        guard command == 0x20 || command == 0x21, added <= maxAddedLength else { return .malformed }
        guard bytes.count >= fixed + added else { return .incomplete }
        let length = fixed + added
        // A check of the proxy itself.
        if command == 0x20 { return .client(nil, length: length) }
        let size = family == 0x11 ? 4 : 16
        guard family == 0x11 || family == 0x21 else { return .client(nil, length: length) }
        guard added >= 2 * size + 4 else { return .malformed }
        let addresses = bytes[(start + 4)..<(start + 4 + added)]
        let ports = addresses.startIndex + 2 * size
        let port = Int(addresses[ports]) << 8 | Int(addresses[ports + 1])
        let packed = ByteBuffer(bytes: addresses.prefix(size))
        guard let address = try? SocketAddress(packedIPAddress: packed, port: port) else { return .malformed }
        return .client(address, length: length)
    }
}

/// Whom a trusted proxy speaks for on a connection; nil for itself.
struct ProxiedClient: Sendable {
    let address: SocketAddress?
}

/// Reads a proxy's preamble, where there is one, tells whom the proxy speaks for, and goes out of the way.
///
/// The first handler of a connection from a proxy that is trusted; bound to the channel's event loop.
final class ProxyPreambleHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var received = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        switch ProxyPreamble(received.readableBytesView) {
        case .incomplete:
            break
        case .malformed:
            context.close(promise: nil)
        case .none:
            goOn(context)
        case .client(let address, let length):
            received.moveReaderIndex(forwardBy: length)
            context.fireUserInboundEventTriggered(ProxiedClient(address: address))
            goOn(context)
        }
    }

    private func goOn(_ context: ChannelHandlerContext) {
        let rest = received
        received = ByteBuffer()
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

@available(*, unavailable) extension ProxyPreambleHandler: Sendable {}
