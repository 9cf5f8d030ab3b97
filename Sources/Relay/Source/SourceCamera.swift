import CameraClient
import Logging
import NIOCore
import RelayConfiguration

/// The camera object of a source, made from the configuration: for HTTP, a program, a file, another relay, or several addresses of one camera.
struct SourceCamera: Sendable {
    private enum Member: Sendable {
        case http(HTTPCamera)
        case program(ProgramCamera)
        case file(FileCamera)
        case relay(RelayCamera)
        /// A publisher, whom the relay does not dial.
        case publisher

        var camera: (any Camera)? {
            switch self {
            case .http(let camera): camera
            case .program(let camera): camera
            case .file(let camera): camera
            case .relay(let camera): camera
            case .publisher: nil
            }
        }
    }

    /// In the order of preference.
    private let members: [Member]
    private let failover: FailoverCamera?
    private let logger: Logger
    /// The descriptors that a dial holds; a program needs fewer once it runs.
    private let claim: DescriptorClaim

    /// The camera that is read, which remembers what it learns. Nil for a source that is published to the relay.
    let camera: (any Camera)?

    /// Makes the camera on `eventLoop`, and does not dial it; `chain` is of the relays that watch the source here.
    init(
        _ configuration: SourceConfiguration, eventLoop: any EventLoop, resolver: HostResolver, claim: DescriptorClaim, chain: RelayChain,
        logger: Logger
    ) {
        self.logger = logger
        self.claim = claim
        let need = configuration.descriptors
        members = configuration.upstreams.map { upstream in
            switch upstream {
            case .camera(let url):
                .http(HTTPCamera(settings: configuration.httpSettings(url), eventLoop: eventLoop, resolver: resolver))
            case .file(let path): .file(FileCamera(path: path, settings: configuration.fileSettings, eventLoop: eventLoop))
            case .relay(let url):
                .relay(
                    RelayCamera(settings: configuration.relaySettings(url), chain: chain, eventLoop: eventLoop, resolver: resolver))
            case .publisher: .publisher
            case .program(let words):
                .program(
                    ProgramCamera(
                        settings: configuration.programSettings(words, logger: logger, started: { claim.started(need) }),
                        eventLoop: eventLoop))
            }
        }
        let cameras = members.compactMap(\.camera)
        failover = cameras.count > 1 ? FailoverCamera(cameras, failback: configuration.failback, eventLoop: eventLoop) : nil
        camera = failover ?? cameras.first
    }

    /// Takes over the settings that may change while the camera and its login are the same.
    func use(_ configuration: SourceConfiguration) {
        let (claim, need) = (claim, configuration.descriptors)
        for (member, upstream) in zip(members, configuration.upstreams) {
            switch (member, upstream) {
            case (.http(let camera), .camera(let url)): camera.use(configuration.httpSettings(url))
            case (.relay(let camera), .relay(let url)): camera.use(configuration.relaySettings(url))
            case (.file(let camera), _): camera.use(configuration.fileSettings)
            case (.program(let camera), .program(let words)):
                camera.use(configuration.programSettings(words, logger: logger, started: { claim.started(need) }))
            default: break
            }
        }
        failover?.use(failback: configuration.failback)
    }
}
