import CameraClient
import CameraURL
import MJPEG
import Text

/// Looks at one address of a camera.
struct AddressProbe {
    let url: CameraURL
    private let resolver = HostResolver()
    private var secrets = Secrets()

    init(url: CameraURL) {
        self.url = url
        secrets.add(url)
    }

    /// Prints a description of the camera; false where no picture came.
    func run() async -> Bool {
        Output.say("\(url)")
        var keys: [String] = []
        var sample = await Sample.take(url, resolver: resolver)
        report(sample)
        if case .certificate(_, let fingerprint)? = sample.error?.cause {
            keys.append("tls_fingerprint: \"\(fingerprint)\"")
            // Nobody vouches for this camera's certificate, so the camera does not get the login.
            Output.say("\nagain, trusting that certificate" + (url.login == nil ? "" : ", without the login"))
            sample = await Sample.take(withoutLogin, trust: .pinned(fingerprint), resolver: resolver)
            report(sample)
        }
        if case .redirectedElsewhere? = sample.error?.cause {
            keys.append("redirects: any")
            Output.say("\nagain, following the redirect" + (url.login == nil ? "" : ", without the login"))
            sample = await Sample.take(url, allowsOtherOrigin: true, resolver: resolver)
            report(sample)
        }
        if sample.isSinglePicture { keys.append("interval: 1s") }
        guard sample.frames > 0 || !keys.isEmpty else { return false }
        Output.say("\nfor relay.yaml:\n" + ProbeYAML.lines(for: url, keys: keys))
        return sample.frames > 0
    }

    private var withoutLogin: CameraURL {
        var url = url
        url.login = nil
        return url
    }

    private func isSame(_ other: CameraURL) -> Bool {
        other.hasSameOrigin(as: url) && other.target == url.target
    }

    private func report(_ sample: Sample) {
        for answer in sample.answers { row("answer", Self.statusLine(answer.head) + (isSame(answer.url) ? "" : " from \(answer.url)")) }
        if let head = sample.answers.last?.head {
            for field in head.fields.prefix(32) where field.name.lowercased() != "set-cookie" {
                let value = CameraText(field.value, hiding: secrets, limit: 120)
                row("", "\(field.name.shown(limit: 40)): \(value)")
            }
        }
        let logins = sample.logins(hiding: secrets)
        if !logins.isEmpty { row("login", "\(logins)") }
        if let certificate = sample.description?.certificate { self.certificate(certificate) }
        if let description = sample.description, sample.frames > 0 {
            row("type", description.mediaType?.shown ?? "none: read by what the body holds")
            if !sample.isSinglePicture {
                let sent = description.learntBoundary.map { ", sent as \($0)" } ?? ""
                row("boundary", (description.boundary?.shown ?? "none declared") + sent)
                row("lengths", Self.lengths(description.quirks))
            }
            row("picture", "\(sample.width) x \(sample.height), \(sample.bytes / max(1, sample.frames)) bytes")
            row("rate", sample.rate.map { "\(Self.oneDecimal($0)) frames per second" } ?? "a single picture")
        }
        // Also where no picture came, because a quirk may be the reason.
        if let description = sample.description {
            if description.picturesDropped > 0 {
                row("dropped", "\(description.picturesDropped) cut or broken pictures, beside \(sample.frames) good ones")
            }
            for (name, reading) in ProbeQuirks.readings(of: description.quirks) { row("quirk", "\(name): \(reading)") }
        }
        if let error = sample.error, !(sample.frames > 0 && error == .ended) { row("result", "\(error)") }
        if case .notAPicture? = sample.error?.cause {
            row("", "this is the camera's web page; 'mjpeg-relay probe \(url.bracketedHost):\(url.port)' looks for its pictures")
        }
    }

    private func certificate(_ certificate: Certificate) {
        let signer = certificate.isSelfSigned ? "self-signed" : "signed by an authority"
        row("certificate", "\(certificate.name ?? "without a name"), \(signer), from \(certificate.firstDay) to \(certificate.lastDay)")
        row("", "SHA-256 \(certificate.fingerprint)")
    }

    private func row(_ name: String, _ text: String) {
        let padding = String(repeating: " ", count: max(1, 13 - name.utf8.count))
        Output.say("  \(name)\(padding)\(secrets.hide(in: text))")
    }

    private static func statusLine(_ head: ResponseHead) -> String {
        let version =
            switch head.version {
            case .http(let major, let minor): "HTTP/\(major).\(minor)"
            case .icy: "ICY"
            }
        return "\(version) \(head.status) \(head.reason)"
    }

    private static func lengths(_ quirks: Quirks) -> String {
        if quirks.contains(.lengthTooLarge) || quirks.contains(.lengthTooSmall) { return "wrong ones among them" }
        if quirks.contains(.unreadableContentLength) { return "unreadable ones" }
        return quirks.contains(.noContentLength) || quirks.contains(.barePictures) ? "none" : "a right one with each picture"
    }

    /// With one digit behind the point.
    static func oneDecimal(_ number: Double) -> String {
        let tenths = Int((min(number, 1e6) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
