import Certificates

/// What is served over https, and with which certificates.
package struct EncryptionConfiguration: Equatable, Sendable {
    /// Where viewers connect over https; no two of them, nor they and the plain ones, overlap.
    package var listen: [ListenAddress] = []
    /// Where plain requests are sent to the first address of ``listen``.
    package var redirects: [ListenAddress] = []
    /// The first one is shown to whoever names no host, or one that none is made out to; at least one where anything is encrypted.
    package var certificates: [CertificateFiles] = []

    package init() {}
}
