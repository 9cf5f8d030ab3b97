/// A certificate while it is read.
struct CertificateDraft: Sendable {
    var chain: String?
    var key: String?
}
