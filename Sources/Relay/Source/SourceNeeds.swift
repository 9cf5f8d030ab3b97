import CameraURL
import NIOCore
import RelayConfiguration

/// How many descriptors sources and notices need.
struct SourceNeeds: Equatable, Sendable {
    /// The need of one source.
    struct Need: Equatable, Sendable {
        /// While a dial is beginning.
        var atStart: Int
        /// Afterwards, while the source runs.
        var running: Int
    }

    /// The need of all sources while they run.
    private var running = 0
    /// The most that one source needs in addition while it begins.
    private var besides = 0
    /// The most that one source needs.
    private(set) var largest = 0

    /// The needs of no sources.
    init() {}

    /// The needs of a configuration's sources.
    init(_ configuration: RelayConfiguration) {
        for source in configuration.sources {
            // A second descriptor while a name is looked up.
            running += 2 * source.push.count
        }
        for source in configuration.sources where source.enabled {
            let need = source.descriptors
            running += need.running
            besides = max(besides, need.atStart - need.running)
            largest = max(largest, need.atStart)
        }
        for entry in configuration.notify {
            running += min(NotifyConfiguration.maxUnderWay, configuration.sources.count) * entry.need.running
            besides = max(besides, entry.need.atStart - entry.need.running)
        }
    }

    /// The need when all sources run and one of them is beginning.
    var together: Int { running + besides }
}

extension SourceConfiguration {
    /// How many descriptors a dial of this source needs.
    var descriptors: SourceNeeds.Need {
        switch upstream {
        case .program:
            // Two pipes and the process stay. While the program starts, it also needs the pipes' other ends and its input.
            SourceNeeds.Need(atStart: 8, running: 3)
        case .publisher:
            SourceNeeds.Need(atStart: 0, running: 0)
        case .file:
            SourceNeeds.Need(atStart: 1, running: 1)
        case .camera(let url), .relay(let url):
            need(of: url)
        }
    }

    private func need(of url: CameraURL) -> SourceNeeds.Need {
        // One more for a look-up, or for a second address that is tried beside the first; and the same for another address of the list that
        // is sought meanwhile.
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        // Redirects may lead to a name, and a name of the local network is looked up in two ways at once.
        let host = url.host.lowercased()
        let isLocal = host.hasSuffix(".local") || host.hasSuffix(".local.")
        let count = (isAddress && redirects != .any ? 1 : isLocal ? 3 : 2) + (alternatives.isEmpty ? 0 : 2)
        return SourceNeeds.Need(atStart: count, running: count)
    }
}
