import CameraClient
import CameraURL
import Logging
import RelayConfiguration
import Text

extension SourceConfiguration {
    /// All addresses of the camera, in the order of preference.
    var upstreams: [Upstream] { [upstream] + alternatives }

    /// How the camera at one of the addresses is read over HTTP.
    func httpSettings(_ url: CameraURL) -> HTTPCamera.Settings {
        var settings = HTTPCamera.Settings(
            url: url,
            headers: headers.map { ($0.name, $0.value) },
            connectTimeout: connectTimeout,
            stallTimeout: stallTimeout,
            maxFrameSize: maxFrameSize,
            trust: trust,
            allowsOtherOrigin: redirects == .any,
            interval: interval
        )
        settings.asksSinglePicturesAgain = true
        return settings
    }

    /// How a file is played.
    var fileSettings: FileCamera.Settings {
        FileCamera.Settings(framesPerSecond: fps, maxFrameSize: maxFrameSize)
    }

    /// How a program is run and read; `started` is called at each of its starts.
    func programSettings(
        _ words: [String], logger: Logger, started: @escaping @Sendable () -> Void
    ) -> ProgramCamera.Settings {
        var settings = ProgramCamera.Settings(
            words: words,
            stallTimeout: stallTimeout,
            maxFrameSize: maxFrameSize,
            log: { logger.debug("program says", metadata: ["line": "\($0)"]) },
            started: started
        )
        settings.secrets = Secrets(self)
        return settings
    }

    /// How a source of another relay is read.
    func relaySettings(_ url: CameraURL) -> RelayCamera.Settings {
        RelayCamera.Settings(url: url, trust: trust, connectTimeout: connectTimeout, maxFrameSize: maxFrameSize)
    }

    private var trust: CertificateTrust {
        if let certificateFingerprint { .pinned(certificateFingerprint) } else { verifiesCertificate ? .authorities : .anything }
    }
}

extension SourceConfiguration.Upstream {
    /// The address as an operator may see it: without login and query. Of a program only the name, because its arguments may contain a
    /// login.
    var shown: String {
        switch self {
        case .camera(var url):
            url.login = nil
            return "\(url)"
        case .relay(var url):
            url.login = nil
            let (text, scheme) = ("\(url)", "\(url.scheme)")
            return (url.scheme == .https ? "wss" : "ws") + text.dropFirst(scheme.count)
        case .file(let path): return "file:\(path)"
        case .publisher: return "publish"
        case .program(let words): return "exec:\(words.first ?? "")"
        }
    }
}
