import RelayConfiguration

/// A source as one relay lists it for another: `NAME yes|no ON_LOSS ID,ID,…` on a line of the list's text.
struct ListedSource: Equatable, Sendable {
    /// The name of the protocol in the handshake: each text message is the whole list.
    static let protocolName = "mjpeg-relay-list.1"
    /// The most sources that are taken over from one relay.
    static let maxSources = 1000
    /// The longest list.
    static let maxTextBytes = 512 << 10

    var name: String
    var isListed: Bool
    var onLoss: SourceConfiguration.OnLoss
    /// The relays that it comes through, that which lists it first.
    var path: [String]

    static func text(of sources: [ListedSource]) -> String {
        sources.prefix(maxSources).map {
            "\($0.name) \($0.isListed ? "yes" : "no") \($0.onLoss.rawValue) \($0.path.joined(separator: ","))\n"
        }.joined()
    }

    /// Reads a list; lines that are none, and names that no source may have, are passed over.
    static func read(_ text: String) -> [ListedSource] {
        var sources: [ListedSource] = []
        for line in text.split(separator: "\n") where sources.count < maxSources {
            let words = line.split(separator: " ")
            guard words.count == 4, SourceConfiguration.isName(words[0]), words[1] == "yes" || words[1] == "no",
                let onLoss = SourceConfiguration.OnLoss(rawValue: String(words[2]))
            else { continue }
            let path = words[3].split(separator: ",")
            guard path.count <= RelayChain.maxHops,
                path.allSatisfy({ $0.utf8.count <= 40 && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
            else { continue }
            sources.append(ListedSource(name: String(words[0]), isListed: words[1] == "yes", onLoss: onLoss, path: path.map { String($0) }))
        }
        return sources
    }
}
