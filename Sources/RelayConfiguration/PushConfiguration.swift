import CameraURL

/// Another relay to which a source's frames are published, over WebSocket.
package struct PushConfiguration: Equatable, Sendable {
    /// When frames are sent to the other relay.
    package enum When: String, CaseIterable, Sendable {
        /// While somebody watches at the other relay.
        case watched
        /// All the time.
        case always
    }

    /// The address at the other relay; `https` stands for `wss`, `http` for `ws`.
    package var url: CameraURL
    /// Whether the other relay's certificate must be one that this machine's authorities vouch for.
    package var verifiesCertificate: Bool
    /// The one certificate that the other relay may have, in place of every other check of it.
    package var certificateFingerprint: CertificateFingerprint?

    package init(url: CameraURL, verifiesCertificate: Bool = true, certificateFingerprint: CertificateFingerprint? = nil) {
        self.url = url
        self.verifiesCertificate = verifiesCertificate
        self.certificateFingerprint = certificateFingerprint
    }

    /// The address as an operator may see it: without its password and its query.
    package var shownAddress: String {
        let text = "\(url)"
        let scheme = "\(url.scheme)"
        return (url.scheme == .https ? "wss" : "ws") + text.dropFirst(scheme.count)
    }
}

extension PushConfiguration: CustomStringConvertible {
    package var description: String { shownAddress }
}

extension PushConfiguration {
    /// Reads `ws://…` or `wss://…`.
    init(text: String) throws(TextError) {
        let schemes = [("ws://", "http://"), ("wss://", "https://")]
        guard text.utf8.count <= 8192, let (own, web) = schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else {
            throw TextError(message: "another relay's address begins with wss:// or ws://, such as wss://cams.example/barn/publish")
        }
        do {
            self.init(url: try CameraURL(web + text.dropFirst(own.count)))
        } catch {
            throw TextError(message: error.description)
        }
        guard url.target != "/" else {
            throw TextError(message: "the address needs the path of the source there, such as wss://cams.example/barn/publish")
        }
    }
}
