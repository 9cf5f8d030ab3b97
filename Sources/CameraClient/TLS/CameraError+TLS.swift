import NIOSSL
import Text

extension CameraError {
    /// Finds the sentence for a handshake that failed; nil where `error` is none of the TLS library's.
    ///
    /// - Parameter certificate: what the camera showed, as far as the handshake came.
    init?(tls error: any Error, certificate: Certificate?, trust: CertificateTrust) {
        if let error = error as? NIOSSLExtraError {
            guard error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch, let certificate else {
                self = .tls(reason: "\(error)")
                return
            }
            let owner = certificate.name.map { " ('\($0)')" } ?? ""
            self = .certificate(reason: "is made out to another name\(owner)", fingerprint: certificate.fingerprint)
            return
        }
        guard case .handshakeFailed(let failure)? = error as? NIOSSLError else { return nil }
        let text = "\(failure)"
        if text.contains("KEY_USAGE_BIT_INCORRECT") {
            self = .certificateUse
        } else if text.contains("CERTIFICATE_VERIFY_FAILED"), let certificate {
            self = .certificate(reason: Self.reason(certificate, trust), fingerprint: certificate.fingerprint)
        } else if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"].contains(where: { text.contains($0) }) {
            self = .tls(reason: "camera does not speak TLS at this port; is it http:// there?")
        } else if text.contains("EOF during handshake") {
            self = .tls(reason: "camera closed the connection during the TLS handshake")
        } else {
            self = .tls(reason: "TLS handshake with the camera failed: \(Self.shortReason(text))")
        }
    }

    /// The certificate's key usage forbids what TLS does with it.
    static let certificateUse = CameraError.tls(
        reason: "camera's certificate does not allow TLS (its key usage lacks digitalSignature); have the camera make another one, or "
            + "read it by http:// or by a program (exec: ffmpeg or curl)")

    private static func reason(_ certificate: Certificate, _ trust: CertificateTrust) -> String {
        if case .pinned = trust { return "is another one than 'tls_fingerprint' names" }
        var reasons: [String] = []
        if certificate.isSelfSigned { reasons.append("is self-signed") }
        switch certificate.validity {
        case .over: reasons.append("expired on \(certificate.lastDay)")
        case .notYet: reasons.append("holds only from \(certificate.firstDay) on (is the clock right?)")
        case .now: break
        }
        return reasons.isEmpty ? "is signed by an authority that this machine does not know" : reasons.joined(separator: " and ")
    }

    /// `unsupported protocol` out of `…:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL at …`.
    private static func shortReason(_ text: String) -> String {
        let pieces = text.split(separator: ":")
        guard let place = pieces.firstIndex(of: "OPENSSL_internal"), place + 1 < pieces.endIndex else { return text.shown() }
        let word = pieces[place + 1].prefix { $0 != " " }
        return word.lowercased().split(separator: "_").joined(separator: " ").shown()
    }
}
