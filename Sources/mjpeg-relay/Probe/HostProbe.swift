import CameraClient
import CameraURL

/// Looks for a camera's pictures at the addresses that makes of cameras use.
struct HostProbe {
    /// The host, with the login and the port if the operator named them.
    let url: CameraURL
    let hasPort: Bool
    private let resolver = HostResolver()

    init(url: CameraURL, hasPort: Bool) {
        self.url = url
        self.hasPort = hasPort
    }

    private struct Find {
        let url: CameraURL
        let make: String
        let sample: Sample
        /// The certificate that the camera must have, if no authority vouches for it.
        let fingerprint: CertificateFingerprint?

        /// Orders streams before single pictures, then larger pictures first, then higher frame rates.
        var rank: (Int, Int, Double) {
            (sample.isSinglePicture ? 0 : 1, sample.width * sample.height, sample.rate ?? 0)
        }
    }

    /// Prints the addresses that were found, the best first; false where none was found.
    func run() async -> Bool {
        var finds: [Find] = []
        var pages: [CameraURL] = []
        var login = url.login
        var isRefused = false
        var asksForLogin = false
        var isUnvouched = false
        for port in hasPort ? [url.port] : KnownAddress.ports {
            var fingerprint: CertificateFingerprint?
            for known in KnownAddress.at(port: port, isNamed: hasPort) {
                // A camera whose certificate nobody vouches for does not get the login.
                var candidate = CameraURL(
                    scheme: Self.scheme(of: port), host: url.host, port: port, target: known.path, login: fingerprint == nil ? login : nil)
                var sample = await take(candidate, fingerprint)
                if case .certificate(_, let found)? = sample.error, fingerprint == nil {
                    Output.say("  \(port)  \(Self.summary(sample))")
                    Output.say("  \(port)  again, trusting that certificate" + (login == nil ? "" : ", without the login"))
                    fingerprint = found
                    isUnvouched = true
                    candidate.login = nil
                    sample = await take(candidate, found)
                }
                if sample.frames > 0 { finds.append(Find(url: candidate, make: known.make, sample: sample, fingerprint: fingerprint)) }
                switch sample.error {
                case .loginRefused:
                    // Cameras lock accounts: a login that was refused is not sent again.
                    login = nil
                    isRefused = true
                case .loginRequired: asksForLogin = true
                case .notAPicture: if !pages.contains(where: { $0.port == port }) { pages.append(candidate) }
                default: break
                }
                Output.say("  \(candidate.port)\(known.path)  \(Self.summary(sample))")
                if case .nameNotFound(_, let reason)? = sample.error {
                    Output.complain("\(url.host): \(reason)")
                    return false
                }
                // Nobody listens at this port, so its other paths are not tried.
                if sample.answers.isEmpty, sample.frames == 0, Self.isUnreachable(sample.error) { break }
            }
        }
        for page in pages { Output.say("\(Self.plain(page)) is the camera's web page") }
        if isRefused { Output.say("the camera refused the login; it was not sent again") }
        if asksForLogin, isUnvouched, url.login != nil {
            Output.say("the camera asks for a login, which was not sent: write it into relay.yaml, with its tls_fingerprint")
        } else if asksForLogin, !isRefused {
            Output.say("the camera asks for a login: mjpeg-relay probe USER:PASSWORD@\(url.bracketedHost)")
        }
        return report(finds.sorted { $0.rank > $1.rank })
    }

    private func report(_ finds: [Find]) -> Bool {
        guard let best = finds.first else {
            Output.say("no pictures were found; its manual or its page may name the address of the MJPEG stream")
            return false
        }
        Output.say("\nfound, best first:")
        for find in finds {
            Output.say("  \(Self.plain(find.url))  \(Self.summary(find.sample))  (\(find.make))")
        }
        let keys = (best.sample.isSinglePicture ? ["interval: 1s"] : []) + (best.fingerprint.map { ["tls_fingerprint: \"\($0)\""] } ?? [])
        Output.say("\nfor relay.yaml:\n" + ProbeYAML.lines(for: best.url, keys: keys))
        return true
    }

    private func take(_ url: CameraURL, _ fingerprint: CertificateFingerprint?) async -> Sample {
        await Sample.take(url, trust: fingerprint.map { .pinned($0) } ?? .authorities, limits: Self.limits, resolver: resolver)
    }

    private static let limits = Sample.Limits(
        connect: .seconds(3), firstFrame: .seconds(4), length: .milliseconds(1500), frames: 30)

    private static func scheme(of port: Int) -> CameraURL.Scheme { port == 443 || port == 8443 ? .https : .http }

    /// The address with its query, which comes from the table of known addresses and is no secret.
    private static func plain(_ url: CameraURL) -> String {
        "\(url.scheme)://\(url.bracketedHost):\(url.port)\(url.target)"
    }

    private static func isUnreachable(_ error: CameraError?) -> Bool {
        switch error {
        case .connection, .tls: true
        default: false
        }
    }

    private static func summary(_ sample: Sample) -> String {
        guard sample.frames > 0 else {
            if case .loginRequired? = sample.error { return "asks for a login (401)" }
            return sample.error.map { "\($0)" } ?? "no pictures"
        }
        let size = "\(sample.width) x \(sample.height)"
        return sample.rate.map { "\(size), \(AddressProbe.oneDecimal($0)) frames per second" } ?? "\(size), a single picture"
    }
}
