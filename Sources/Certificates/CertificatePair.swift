import Glibc
import NIOSSL
import Text

/// A certificate with its chain and its key, read and checked.
package struct CertificatePair: Sendable {
    /// The server's own certificate first.
    package let chain: [NIOSSLCertificate]
    package let key: NIOSSLPrivateKey
    /// The names and addresses that the certificate is made out to, in lower case; at least one.
    package let names: [String]
    /// The beginning of the certificate's validity, in seconds since 1970.
    package let start: Int
    /// The end of the certificate's validity, in seconds since 1970.
    package let end: Int
    /// A digest that tells the files' contents from others.
    let digest: [UInt8]

    /// Reads both files and checks that the pair can be served. Blocks for a disk.
    package init(_ files: CertificateFiles) throws(CertificateProblem) {
        try self.init(files.contents())
    }

    init(_ contents: CertificateFiles.Contents) throws(CertificateProblem) {
        let chain = try Self.chain(contents.chain)
        let key = try Self.key(contents.key)
        guard let leaf = chain.first else { throw CertificateProblem(file: .chain, message: "holds no certificate") }
        guard Self.fits(key, leaf) else {
            if chain.dropFirst().contains(where: { Self.fits(key, $0) }) { throw Self.wrongOrder }
            throw CertificateProblem(file: .key, message: "this key does not fit the certificate")
        }
        let parties = chain.map { (try? $0.toDERBytes()).flatMap { CertificateParties($0) } }
        try Self.checkOrder(parties)
        self.chain = chain
        self.key = key
        names = Self.names(of: leaf, parties.first ?? nil)
        start = Int(leaf.notValidBefore)
        end = Int(leaf.notValidAfter)
        digest = contents.digest
    }

    /// The day on which the certificate expires, as `2025-05-01`.
    package var lastDay: String { CalendarDay.text(of: end) }

    /// What is wrong with the certificate's dates by this machine's clock, as the end of a sentence; nil for good dates.
    package func staleness(now: Int = time(nil)) -> String? {
        if now > end { return "has expired on \(lastDay)" }
        return now < start
            ? "holds only from \(CalendarDay.text(of: start)) on (is this machine's clock right?)" : nil
    }

    /// Whether the certificate is made out to `name`, a server's name in any case.
    package func fits(_ name: String) -> Bool {
        var name = name.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        // A star stands for one label (RFC 6125, 6.4.3).
        let parent = name.firstIndex(of: ".").map { "*" + name[$0...] }
        return names.contains { $0 == name || $0 == parent }
    }

    // MARK: - Reading

    private static func chain(_ bytes: [UInt8]) throws(CertificateProblem) -> [NIOSSLCertificate] {
        func problem(_ message: String) -> CertificateProblem { CertificateProblem(file: .chain, message: message) }
        guard holds("CERTIFICATE-----", bytes) else {
            throw problem(
                holds("PRIVATE KEY-----", bytes)
                    ? "this is a private key; are 'chain' and 'key' swapped?"
                    : "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
        }
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes) else { throw problem("holds a certificate that cannot be read") }
        guard chain.count <= 32 else { throw problem("holds more than 32 certificates") }
        return chain
    }

    private static func key(_ bytes: [UInt8]) throws(CertificateProblem) -> NIOSSLPrivateKey {
        func problem(_ message: String) -> CertificateProblem { CertificateProblem(file: .key, message: message) }
        guard holds("PRIVATE KEY-----", bytes) else {
            throw problem(
                holds("CERTIFICATE-----", bytes)
                    ? "this is a certificate; are 'chain' and 'key' swapped?"
                    : "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)")
        }
        guard !holds("ENCRYPTED", bytes) else {
            throw problem("this key has a passphrase, which nobody is here to type; take it off with: openssl pkey -in KEY -out NEW")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else { throw problem("holds a private key that cannot be read") }
        return key
    }

    private static func holds(_ text: String, _ bytes: [UInt8]) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }

    /// The TLS library checks that key and certificate fit when it is given both.
    private static func fits(_ key: NIOSSLPrivateKey, _ certificate: NIOSSLCertificate) -> Bool {
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        return (try? NIOSSLContext(configuration: configuration)) != nil
    }

    private static let wrongOrder = CertificateProblem(
        file: .chain,
        message: "the certificates stand in the wrong order: the server's own comes first, and behind each the one of who signed it")

    /// Each certificate but the last must be signed by the next one, if the file contains the signer at all.
    private static func checkOrder(_ parties: [CertificateParties?]) throws(CertificateProblem) {
        for (one, next) in zip(parties, parties.dropFirst()) {
            guard let one, let next, one.issuer != next.subject, one.issuer != one.subject else { continue }
            if parties.contains(where: { $0?.subject == one.issuer }) { throw wrongOrder }
        }
    }

    private static func names(of certificate: NIOSSLCertificate, _ parties: CertificateParties?) -> [String] {
        let names = certificate._subjectAlternativeNames().prefix(256).compactMap { name -> String? in
            switch name.nameType {
            case .dnsName: String(decoding: Array(name.contents), as: UTF8.self).lowercased().shown(limit: 253)
            case .ipAddress: address(Array(name.contents))
            default: nil
            }
        }
        return names.isEmpty ? [parties?.commonName?.lowercased().shown(limit: 253) ?? "unnamed"] : names
    }

    private static func address(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
