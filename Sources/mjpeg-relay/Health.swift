import ArgumentParser
import NIOCore
import NIOHTTP1
import NIOPosix
import RelayConfiguration

/// `mjpeg-relay health`: asks a running relay whether it is alive, for container health checks.
struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask the running relay's /healthz; exit status 0 when it is alive, else 1.",
        usage: "mjpeg-relay health [-p PORT | -c FILE]",
        discussion: "With neither port nor file: the address in the file that a start would use, else port 54321."
    )

    @Option(
        name: [.customShort("p", allowingJoined: true), .long],
        help: ArgumentHelp("The port to ask on this machine.", valueName: "port"))
    var port: Int?

    @Option(
        name: [.customShort("c", allowingJoined: true), .long],
        help: ArgumentHelp("Ask the first address that this file listens on.", valueName: "file"))
    var config: String?

    func validate() throws {
        if port != nil, config != nil { throw ValidationError("give --port or --config, not both") }
        if let port, !(1...65535).contains(port) { throw ValidationError("--port is a number from 1 to 65535") }
    }

    func run() async throws {
        let address = try address()
        do {
            let status = try await ask(address)
            guard status == .ok else {
                Output.complain("\(address) answers \(status.code)")
                throw ExitCode(1)
            }
            Output.say("alive")
        } catch let error as ExitCode {
            throw error
        } catch {
            Output.complain("no answer from \(address)")
            throw ExitCode(1)
        }
    }

    private func address() throws -> ListenAddress {
        if let port { return .ip(host: "127.0.0.1", port: port) }
        guard let path = config ?? ConfigurationFile.found else {
            return .ip(host: "127.0.0.1", port: RelayConfiguration.defaultPort)
        }
        do throws(ConfigurationError) {
            let configuration = try RelayConfiguration.load(path: path, environment: ConfigurationFile.environment)
            return configuration.listen.first ?? .ip(host: "127.0.0.1", port: RelayConfiguration.defaultPort)
        } catch {
            for problem in error.problems { Output.complain("\(problem)") }
            throw ExitCode(1)
        }
    }

    /// One request over a connection of its own; fails after five seconds without an answer.
    private func ask(_ address: ListenAddress) async throws -> HTTPResponseStatus {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHTTPClientHandlers() }
            }
        let channel =
            switch address {
            case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            case .ip(let host, let port):
                try await bootstrap.connect(host: host == "::" || host == "0.0.0.0" ? "127.0.0.1" : host, port: port).get()
            }
        let status = channel.eventLoop.makePromise(of: HTTPResponseStatus.self)
        let timeout = channel.eventLoop.scheduleTask(in: .seconds(5)) { status.fail(ChannelError.connectTimeout(.seconds(5))) }
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

    /// Passes on the status of the one answer.
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
