import Certificates
import NIOCore
import NIOSSL
import Synchronization

/// What https listeners show: a new connection gets what is newest, running ones go on. Any thread may call it.
final class ServedCertificates: Sendable {
    /// How long a connection that is closed waits for the other side's goodbye.
    private static let shutdownTimeout = TimeAmount.milliseconds(500)

    /// The largest buffer that a connection keeps for its encrypted frames, in bytes; larger ones are made anew for each frame.
    private static let maxKeptBuffer = 256 << 10

    private let context = Mutex<NIOSSLContext?>(nil)

    /// How https listeners' bytes leave.
    var transport: Transport { .wrapped { try self.handlers() } }

    /// Shows these from now on: the first that is made out to the name that a client calls, else the first.
    func use(_ pairs: [CertificatePair]) throws {
        let new = try pairs.first.map { try Self.context($0, among: pairs) }
        context.withLock { $0 = new }
    }

    /// The handlers of one connection, the one next to the socket first.
    private func handlers() throws -> [any ChannelHandler] {
        guard let context = context.withLock({ $0 }) else { throw NIOSSLError.failedToLoadCertificate }
        var configuration = NIOSSLHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = Self.maxKeptBuffer
        return [PlainRequestRefusal(), NIOSSLServerHandler(context: context, configuration: configuration), HandshakeGuard()]
    }

    private static func context(_ first: CertificatePair, among pairs: [CertificatePair]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: first.chain.map { .certificate($0) }, privateKey: .privateKey(first.key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = shutdownTimeout
        if pairs.count > 1 {
            configuration.sslContextCallback = { values, promise in
                var choice = NIOSSLContextConfigurationOverride.noChanges
                if let name = values.serverHostname, !first.fits(name), let pair = pairs.first(where: { $0.fits(name) }) {
                    choice.certificateChain = pair.chain.map { .certificate($0) }
                    choice.privateKey = .privateKey(pair.key)
                }
                promise.succeed(choice)
            }
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
