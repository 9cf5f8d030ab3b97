import CameraClient
import CameraURL
import RelayConfiguration
import Text

extension NotifyConfiguration {
    /// The most notices of one entry that are under way at a time.
    static let maxUnderWay = 4

    /// The descriptors of a program: the null device and the pipe of its errors, and while the program starts, their other ends.
    static let programNeed = SourceNeeds.Need(atStart: 8, running: 2)

    /// How many descriptors one notice needs.
    var need: SourceNeeds.Need {
        switch target {
        case .program: Self.programNeed
        // The connection's own, and one for a look-up or for a second address that is tried beside the first.
        case .url: SourceNeeds.Need(atStart: 2, running: 2)
        }
    }

    /// How the receiver's certificate is checked.
    var trust: CertificateTrust {
        if let certificateFingerprint { .pinned(certificateFingerprint) } else { verifiesCertificate ? .authorities : .anything }
    }

    /// The receiver as a log may show it: without the path of an address, which is often the only secret that protects the receiver.
    var shownTarget: String {
        switch target {
        case .program(let words): "exec:\((words.first ?? "").shown())"
        case .url(let url): "\(url.scheme)://\(url.hostField)"
        }
    }

    /// The logins of the receiver, which must not be shown.
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
