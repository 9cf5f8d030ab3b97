import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RelayConfiguration

/// One `GET /healthz` over a connection of its own.
enum HealthRequest {
    /// The certificate is not checked: the question is only whether the relay is alive.
    private static func encryption() throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
    }

    /// The status of the answer of a relay at `address`; throws where no answer comes within `limit`.
    static func status(
        of address: ListenAddress, isEncrypted: Bool, within limit: Duration
    ) async throws -> HTTPResponseStatus {
        let deadline = NIODeadline.now() + TimeAmount(limit)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(limit))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isEncrypted { try channel.pipeline.syncOperations.addHandler(encryption()) }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                }
            }
        let channel =
            switch address {
            case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            case .ip(let host, let port):
                try await bootstrap.connect(host: host == "::" || host == "0.0.0.0" ? "127.0.0.1" : host, port: port).get()
            }
        let status = channel.eventLoop.makePromise(of: HTTPResponseStatus.self)
        let timeout = channel.eventLoop.scheduleTask(deadline: deadline) { status.fail(ChannelError.connectTimeout(TimeAmount(limit))) }
        defer { timeout.cancel() }
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(StatusReader(status))
            let head = HTTPRequestHead(
                version: .http1_1, method: .GET, uri: "/healthz", headers: ["Host": "localhost", "Connection": "close"])
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }.get()
        return try await status.futureResult.get()
    }

    /// Passes on the status of the answer.
    private final class StatusReader: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        private let status: EventLoopPromise<HTTPResponseStatus>

        init(_ status: EventLoopPromise<HTTPResponseStatus>) { self.status = status }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head(let head) = unwrapInboundIn(data) { status.succeed(head.status) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            status.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            status.fail(ChannelError.eof)
        }
    }
}
