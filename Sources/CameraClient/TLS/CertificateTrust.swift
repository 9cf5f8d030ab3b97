import CameraURL

/// How the certificate of an https camera is checked before anything is said to the camera.
package enum CertificateTrust: Hashable, Sendable {
    /// Its chain must end at an authority that this machine knows, and its name must be the host's.
    case authorities
    /// It must be this very one; chain, name and dates do not matter.
    case pinned(CertificateFingerprint)
    /// Any will do: the connection is secret, but to whom is not known.
    case anything
}
