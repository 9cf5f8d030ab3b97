import CameraURL
import Digests
import NIOCore
import NIOSSL
import NIOTLS
import Text

/// Asks for the upgrade on a new connection and reads the answer; then it goes, and what came behind the answer is for who comes after it.
final class UpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let settings: WebSocketDial.Settings
    private let isEncrypted: Bool
    private let begin: (any Channel) throws -> Void
    /// Called once.
    private let ended: (Result<Void, CameraError>) -> Void
    private var reader: ResponseHeadReader
    private let key: String
    private var hasAsked = false
    private var isOver = false

    init(
        _ settings: WebSocketDial.Settings, isEncrypted: Bool, begin: @escaping (any Channel) throws -> Void,
        ended: @escaping (Result<Void, CameraError>) -> Void
    ) {
        self.settings = settings
        var secrets = Secrets()
        secrets.add(settings.url)
        reader = ResponseHeadReader(hiding: secrets)
        self.isEncrypted = isEncrypted
        self.begin = begin
        self.ended = ended
        var generator = SystemRandomNumberGenerator()
        key = Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Encrypted, nothing is said before the certificate is checked, a login least of all.
        if !isEncrypted { ask(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, !hasAsked { ask(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func ask(_ context: ChannelHandlerContext) {
        hasAsked = true
        let url = settings.url
        var head = "GET \(url.target) HTTP/1.1\r\nHost: \(url.hostField)\r\nUser-Agent: mjpeg-relay\r\nConnection: Upgrade\r\n"
        head += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n"
        head += "Sec-WebSocket-Protocol: \(settings.subprotocol)\r\n"
        for field in settings.headers { head += "\(field.name): \(field.value)\r\n" }
        if let login = url.login { head += "Authorization: Basic \(Base64.encode("\(login.user):\(login.password)".utf8))\r\n" }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + "\r\n")), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        guard !isOver else { return context.fireChannelRead(wrapInboundOut(input)) }
        do throws(CameraError) {
            guard let head = try reader.read(&input) else { return }
            try judge(head)
        } catch {
            return end(.failure(error))
        }
        do {
            try begin(context.channel)
        } catch {
            return end(.failure(.connection(reason: "\(error)")))
        }
        end(.success(()))
        if input.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(input)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func judge(_ head: ResponseHead) throws(CameraError) {
        switch head.status {
        case 101: break
        case 401 where settings.url.login == nil: throw .loginRequired
        case 401, 403: throw .loginRefused(head.status)
        default: throw .status(head.status, reason: head.reason, retryAfter: head.retryAfter)
        }
        let accept = Base64.encode(MessageDigest.sha1(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
        guard head.first("Sec-WebSocket-Accept") == accept else {
            throw .connection(reason: "what answers at \(settings.url.hostField) does not speak WebSocket")
        }
        guard head.first("Sec-WebSocket-Protocol") == settings.subprotocol else {
            throw .connection(reason: "what answers at \(settings.url.hostField) \(settings.lack) (\(settings.subprotocol))")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(!hasAsked ? .connection(reason: "the connection was closed before anything was asked") : reader.errorAtEnd()))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .uncleanShutdown? = error as? NIOSSLError { return }
        if isOver { return context.fireErrorCaught(error) }
        if isEncrypted, !hasAsked {
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
            let certificate = handler?.peerCertificate.flatMap { Certificate($0) }
            if let failure = CameraError(tls: error, certificate: certificate, trust: settings.trust) { return end(.failure(failure)) }
        }
        end(.failure(CameraError(connection: error)))
    }

    private func end(_ result: Result<Void, CameraError>) {
        guard !isOver else { return }
        isOver = true
        ended(result)
    }
}

@available(*, unavailable) extension UpgradeHandler: Sendable {}
