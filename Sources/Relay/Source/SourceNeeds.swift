import CameraURL
import NIOCore
import RelayConfiguration

/// How many descriptors sources need, and messages about them.
struct SourceNeeds: Equatable, Sendable {
    /// What one source needs.
    struct Need: Equatable, Sendable {
        /// While a dial begins.
        var atStart: Int
        /// From then on.
        var running: Int
    }

    /// Of all of them, while they run.
    private var running = 0
    /// The most that one of them needs besides while it begins.
    private var besides = 0
    /// The most that one of them needs.
    private(set) var largest = 0

    /// Of no source.
    init() {}

    /// Of the sources of a configuration.
    init(_ configuration: RelayConfiguration) {
        for source in configuration.sources {
            // A second one while a name is looked up.
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

    /// What they need when all run and one of them is about to begin.
    var together: Int { running + besides }
}

extension SourceConfiguration {
    /// How many descriptors a dial of this source needs.
    var descriptors: SourceNeeds.Need {
        switch upstream {
        case .program:
            // Two pipes and the process stay; while it starts, the pipes' other ends and what is its input come to them.
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
        // A look-up's own, or a second address that is tried beside the first; another camera that is sought meanwhile.
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        // Redirects may lead to a name; a name of the local network is asked for in two ways at once.
        let host = url.host.lowercased()
        let isLocal = host.hasSuffix(".local") || host.hasSuffix(".local.")
        let count = (isAddress && redirects != .any ? 1 : isLocal ? 3 : 2) + (alternatives.isEmpty ? 0 : 2)
        return SourceNeeds.Need(atStart: count, running: count)
    }
}
