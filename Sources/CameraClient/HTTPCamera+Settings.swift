import CameraURL
import Text

extension HTTPCamera {
    /// What a connection to the camera needs to know.
    package struct Settings: Sendable {
        package var url: CameraURL
        /// Sent with each request, in place of our own fields of the same name; only within the origin of `url`.
        package var headers: [(name: String, value: String)]
        /// From the look-up to the end of the response head, for each request.
        package var connectTimeout: Duration
        /// The longest time between two whole frames.
        package var stallTimeout: Duration
        /// In bytes of JPEG.
        package var maxFrameSize: Int
        /// How a certificate is checked.
        package var trust: CertificateTrust
        /// Whether the camera's key must sign in a TLS handshake; see ``CameraTLS``.
        var certificateSigns = true
        /// Whether redirects to another scheme, host or port are followed; without the login.
        package var allowsOtherOrigin: Bool
        /// How often a single picture is asked for; nil for a stream.
        package var interval: Duration?
        /// Whether a camera that sends one picture and no more is asked for one every second, where there is no ``interval``.
        package var asksSinglePicturesAgain = false
        /// The longest time between two whole frames: single pictures come only every ``interval``.
        var effectiveStallTimeout: Duration { max(stallTimeout, (interval ?? .zero) * 3) }
        /// What must not show of logins, beside those of `url` and `headers`.
        package var secrets = Secrets()
        /// What must not show of logins in what the camera says.
        var allSecrets: Secrets {
            var all = secrets
            all.add(url)
            for field in headers { all.add(fieldName: field.name, value: field.value) }
            return all
        }
        /// Sees the head of each answer, on the camera's event loop.
        package var observer: (@Sendable (ResponseHead, CameraURL) -> Void)?

        package init(
            url: CameraURL, headers: [(name: String, value: String)] = [], connectTimeout: Duration, stallTimeout: Duration,
            maxFrameSize: Int, trust: CertificateTrust = .authorities, allowsOtherOrigin: Bool = false, interval: Duration? = nil,
            observer: (@Sendable (ResponseHead, CameraURL) -> Void)? = nil
        ) {
            self.url = url
            self.headers = headers
            self.connectTimeout = connectTimeout
            self.stallTimeout = stallTimeout
            self.maxFrameSize = maxFrameSize
            self.trust = trust
            self.allowsOtherOrigin = allowsOtherOrigin
            self.interval = interval
            self.observer = observer
        }
    }
}
