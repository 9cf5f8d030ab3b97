import CameraURL
import Digests
import Glibc
import NIOCore
import NIOSSL

/// Makes the handlers that encrypt connections to https cameras.
enum CameraTLS {
    /// Old cameras know nothing better than 3DES. It is offered only to cameras whose certificate the operator pins or does not check.
    private static let oldCiphers = defaultCipherSuites + ":DES-CBC3-SHA"
    /// A camera that does not say goodbye does not keep us from dialling it again.
    private static let shutdownTimeout = TimeAmount.milliseconds(200)

    /// Where only an RSA key's holder can read the secret that we send it, so that the key need not be allowed to sign.
    private static let rsaKeyExchange = "kRSA+AESGCM:kRSA+AES"
    /// The library's own list, and in addition the algorithms of large and of new kinds of keys.
    private static let signatures: [SignatureAlgorithm] = [
        .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ecdsaSecp384R1Sha384, .rsaPssRsaeSha384, .rsaPkcs1Sha384,
        .ecdsaSecp521R1Sha512, .ed25519, .rsaPssRsaeSha512, .rsaPkcs1Sha512, .rsaPkcs1Sha1,
    ]
    /// The library's own list, and in addition P-521, for certificates with a key of that curve.
    private static let curves: [NIOTLSCurve] = [.x25519, .secp256r1, .secp384r1, .secp521r1]

    // Made once, at the first https camera: the authorities' certificates take a while to load and a megabyte to hold.
    private static let verifying = Result { try context(.fullVerification) }
    private static let pinning = Result { try context(.noHostnameVerification, ciphers: oldCiphers) }
    private static let accepting = Result { try context(.none, ciphers: oldCiphers) }
    private static let pinningWithoutSignature = Result {
        try context(.noHostnameVerification, ciphers: rsaKeyExchange, maxVersion: .tlsv12)
    }
    private static let acceptingWithoutSignature = Result { try context(.none, ciphers: rsaKeyExchange, maxVersion: .tlsv12) }

    /// Loads what the first connection needs; blocks for a disk, so that no event loop has to.
    static func prepare(_ trust: CertificateTrust) throws(CameraError) {
        do {
            _ = try context(for: trust).get()
        } catch {
            throw .tls(reason: "this machine's list of certificate authorities cannot be read (Debian: ca-certificates)")
        }
    }

    /// A handler for one connection to `host`. Its handshake fails unless the certificate passes.
    ///
    /// - Parameter signs: whether the camera's key must sign. Some certificates do not allow it (their key usage says so), and the
    ///   library takes that for an error; with RSA and TLS up to 1.2 it need not, since the key can decrypt.
    static func handler(host: String, trust: CertificateTrust, signs: Bool = true) throws -> NIOSSLClientHandler {
        let context = try context(for: trust, signs: signs).get()
        // An IP address is not sent as a server name (the certificate is then checked against the address), nor is a name's final dot
        // (RFC 6066, section 3).
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

    private static func context(for trust: CertificateTrust, signs: Bool = true) -> Result<NIOSSLContext, any Error> {
        switch trust {
        case .authorities: verifying
        case .pinned: signs ? pinning : pinningWithoutSignature
        case .anything: signs ? accepting : acceptingWithoutSignature
        }
    }

    private static func context(
        _ verification: CertificateVerification, ciphers: String = defaultCipherSuites, maxVersion: TLSVersion? = nil
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = verification
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = maxVersion
        configuration.cipherSuites = ciphers
        configuration.verifySignatureAlgorithms = signatures
        configuration.curves = curves
        configuration.shutdownTimeout = shutdownTimeout
        // As OpenSSL's programs have it, for authorities of one's own.
        if verification == .fullVerification, let path = getenv("SSL_CERT_FILE") { configuration.trustRoots = .file(String(cString: path)) }
        return try NIOSSLContext(configuration: configuration)
    }
}
