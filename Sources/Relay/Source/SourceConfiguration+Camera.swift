import CameraClient
import Logging
import NIOCore
import RelayConfiguration
import Text

extension SourceConfiguration {
    /// Makes the camera that this source reads, on `eventLoop`; `started` is called at each start of a program.
    func makeCamera(
        eventLoop: any EventLoop, resolver: HostResolver, logger: Logger, started: @escaping @Sendable () -> Void
    ) -> any Camera {
        let cameras = ([upstream] + alternatives).map {
            makeCamera($0, eventLoop: eventLoop, resolver: resolver, logger: logger, started: started)
        }
        return cameras.count == 1 ? cameras[0] : FailoverCamera(cameras, failback: failback, eventLoop: eventLoop)
    }

    private func makeCamera(
        _ upstream: Upstream, eventLoop: any EventLoop, resolver: HostResolver, logger: Logger, started: @escaping @Sendable () -> Void
    ) -> any Camera {
        switch upstream {
        case .camera(let url):
            return HTTPCamera(
                settings: HTTPCamera.Settings(
                    url: url,
                    headers: headers.map { ($0.name, $0.value) },
                    connectTimeout: connectTimeout,
                    stallTimeout: stallTimeout,
                    maxFrameSize: maxFrameSize,
                    trust: trust,
                    allowsOtherOrigin: redirects == .any,
                    interval: interval
                ),
                eventLoop: eventLoop,
                resolver: resolver
            )
        case .file(let path):
            return FileCamera(path: path, framesPerSecond: fps, maxFrameSize: maxFrameSize, eventLoop: eventLoop)
        case .program(let words):
            let secrets = Secrets(self)
            return ProgramCamera(
                settings: ProgramCamera.Settings(
                    words: words,
                    stallTimeout: stallTimeout,
                    maxFrameSize: maxFrameSize,
                    log: { logger.debug("program says", metadata: ["line": "\(secrets.hide(in: $0))"]) },
                    started: started
                ),
                eventLoop: eventLoop
            )
        }
    }

    private var trust: CertificateTrust {
        if let certificateFingerprint { .pinned(certificateFingerprint) } else { verifiesCertificate ? .authorities : .anything }
    }
}
