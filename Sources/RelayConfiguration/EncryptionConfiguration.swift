import Certificates

/// What is served over https, and with which certificates.
package struct EncryptionConfiguration: Equatable, Sendable {
    /// Where viewers connect over https; no two of them, nor they and the plain ones, overlap.
    package var listen: [ListenAddress] = []
    /// Where plain requests are sent to the first address of ``listen``.
    package var redirects: [ListenAddress] = []
    /// The first certificate is shown to viewers who name no host, or a host that no certificate is made out to. Where anything is
    /// encrypted there is at least one.
    package var certificates: [CertificateFiles] = []

    package init() {}
}
