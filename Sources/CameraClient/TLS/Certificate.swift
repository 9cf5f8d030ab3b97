import CameraURL
import Certificates
import Digests
import Glibc
import NIOSSL
import Text

/// What an operator wants to know of a camera's certificate.
package struct Certificate: Hashable, Sendable {
    /// The SHA-256 of the whole certificate.
    package let fingerprint: CertificateFingerprint
    /// The common name of its owner, cleaned; nil where it has none or cannot be read.
    package let name: String?
    /// Whether it is signed by nobody but its owner.
    package let isSelfSigned: Bool
    /// The day from which it holds, as `2024-05-01`.
    package let firstDay: String
    /// The day on which it ends, as `2025-05-01`.
    package let lastDay: String
    /// Whether it holds now, by this machine's clock.
    package let validity: Validity

    /// A certificate's dates against the clock.
    package enum Validity: Hashable, Sendable {
        case notYet
        case now
        case over
    }

    /// Nil where the certificate cannot be read at all.
    init?(_ certificate: NIOSSLCertificate, now: Int = time(nil)) {
        guard let bytes = try? certificate.toDERBytes(),
            let fingerprint = CertificateFingerprint(bytes: MessageDigest.sha256(of: bytes))
        else { return nil }
        self.fingerprint = fingerprint
        let parties = CertificateParties(bytes)
        name = parties?.commonName.map { $0.shown() }
        isSelfSigned = parties.map { $0.issuer == $0.subject } ?? false
        firstDay = CalendarDay.text(of: certificate.notValidBefore)
        lastDay = CalendarDay.text(of: certificate.notValidAfter)
        validity = now < certificate.notValidBefore ? .notYet : now > certificate.notValidAfter ? .over : .now
    }
}
