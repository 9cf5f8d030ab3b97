import CameraURL

/// An entry of `relays` while it is read.
struct MirroredRelayDraft: Sendable {
    var urls: [CameraURL] = []
    var username: String?
    var password: String?
    var filePassword: String?
    var prefix: String?
    var verifiesCertificate = true
    var fingerprint: CertificateFingerprint?
}
