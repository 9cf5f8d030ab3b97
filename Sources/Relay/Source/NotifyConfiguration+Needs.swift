import CameraClient
import CameraURL
import RelayConfiguration
import Text

extension NotifyConfiguration {
    /// Messages of one entry that may be under way at a time.
    static let maxUnderWay = 4

    /// What a program needs: the null device and the pipe of its errors, and while it starts their other ends.
    static let programNeed = SourceNeeds.Need(atStart: 8, running: 2)

    /// How many descriptors one message needs.
    var need: SourceNeeds.Need {
        switch target {
        case .program: Self.programNeed
        // Its own, and a look-up's or that of a second address that is tried beside the first.
        case .url: SourceNeeds.Need(atStart: 2, running: 2)
        }
    }

    /// How its receiver's certificate is checked.
    var trust: CertificateTrust {
        if let certificateFingerprint { .pinned(certificateFingerprint) } else { verifiesCertificate ? .authorities : .anything }
    }

    /// The receiver as a log may show it. The path of an address is often all that keeps others from sending messages there.
    var shownTarget: String {
        switch target {
        case .program(let words): "exec:\((words.first ?? "").shown())"
        case .url(let url): "\(url.scheme)://\(url.hostField)"
        }
    }

    /// What must not show of its logins.
    var secrets: Secrets {
        var secrets = Secrets()
        switch target {
        case .program(let words): for word in words { secrets.add(argument: word) }
        case .url(let url): secrets.add(url)
        }
        for field in headers { secrets.add(fieldName: field.name, value: field.value) }
        return secrets
    }
}
