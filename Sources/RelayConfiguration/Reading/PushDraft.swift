import CameraURL

/// An address of `push` that is a mapping, while it is read.
struct PushDraft: Sendable {
    var url: String?
    var verifiesCertificate = true
    var fingerprint: CertificateFingerprint?
}
