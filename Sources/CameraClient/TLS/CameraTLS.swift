import CameraURL
import Digests
import Glibc
import NIOCore
import NIOSSL

/// Makes the handlers that encrypt connections to https cameras.
enum CameraTLS {
    /// Old cameras know nothing better than 3DES; it is offered only where the operator has said that this is such a camera.
    private static let oldCiphers = defaultCipherSuites + ":DES-CBC3-SHA"
    /// A camera that does not say goodbye does not keep us from dialling it again.
    private static let shutdownTimeout = TimeAmount.milliseconds(200)

    // Made once, at the first https camera: the authorities' certificates take a while to load and a megabyte to hold.
    private static let verifying = Result { try context(.fullVerification) }
    private static let pinning = Result { try context(.noHostnameVerification, ciphers: oldCiphers) }
    private static let accepting = Result { try context(.none, ciphers: oldCiphers) }

    /// Loads what the first connection needs; blocks for a disk, so that no event loop has to.
    static func prepare(_ trust: CertificateTrust) throws(CameraError) {
        do {
            _ = try context(for: trust).get()
        } catch {
            throw .tls(reason: "this machine's list of certificate authorities cannot be read (Debian: ca-certificates)")
        }
    }

    /// A handler for one connection to `host`. Its handshake fails unless the certificate passes.
    static func handler(host: String, trust: CertificateTrust) throws -> NIOSSLClientHandler {
        let context = try context(for: trust).get()
        // No server name for an address, which is then what is verified; and none with a dot at its end (RFC 6066, section 3).
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let name = isAddress ? nil : host.hasSuffix(".") ? String(host.dropLast()) : host
        guard case .pinned(let fingerprint) = trust else {
            return try NIOSSLClientHandler(context: context, serverHostname: name)
        }
        return try NIOSSLClientHandler(
            context: context, serverHostname: name,
            customVerificationCallback: { certificates, promise in
                let digest = (try? certificates.first?.toDERBytes()).map { MessageDigest.sha256(of: $0) }
                promise.succeed(digest == fingerprint.bytes ? .certificateVerified : .failed)
            })
    }

    private static func context(for trust: CertificateTrust) -> Result<NIOSSLContext, any Error> {
        switch trust {
        case .authorities: verifying
        case .pinned: pinning
        case .anything: accepting
        }
    }

    private static func context(_ verification: CertificateVerification, ciphers: String = defaultCipherSuites) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = verification
        configuration.minimumTLSVersion = .tlsv1
        configuration.cipherSuites = ciphers
        configuration.shutdownTimeout = shutdownTimeout
        // As OpenSSL's programs have it, for authorities of one's own.
        if verification == .fullVerification, let path = getenv("SSL_CERT_FILE") { configuration.trustRoots = .file(String(cString: path)) }
        return try NIOSSLContext(configuration: configuration)
    }
}
