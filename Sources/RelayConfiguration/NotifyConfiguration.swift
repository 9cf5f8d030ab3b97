import CameraURL

/// An entry of `notify`: a receiver of notices that cameras are lost or back.
package struct NotifyConfiguration: Equatable, Sendable {
    /// The receiver.
    package enum Target: Equatable, Sendable {
        /// A program with its arguments: never a shell's line.
        case program([String])
        /// An address that gets a POST.
        case url(CameraURL)
    }

    package var target: Target
    /// How long a camera must be lost before a notice is sent.
    package var after: Duration
    /// The names of the sources whose notices are sent; nil for all.
    package var sources: [String]?
    /// Fields added to each request.
    package var headers: [HeaderField]
    /// Whether the certificate of an https address must be one that this machine's authorities vouch for.
    package var verifiesCertificate: Bool
    /// The one certificate that the receiver may have, in place of every other check of it.
    package var certificateFingerprint: CertificateFingerprint?

    /// Makes a value with the built-in defaults for whatever is left out. It checks nothing.
    package init(
        target: Target, after: Duration = .seconds(60), sources: [String]? = nil, headers: [HeaderField] = [],
        verifiesCertificate: Bool = true, certificateFingerprint: CertificateFingerprint? = nil
    ) {
        self.target = target
        self.after = after
        self.sources = sources
        self.headers = headers
        self.verifiesCertificate = verifiesCertificate
        self.certificateFingerprint = certificateFingerprint
    }

    /// Whether notices about a source are sent.
    package func tells(of source: String) -> Bool { sources?.contains(source) ?? true }
}
