import Glibc
import Text

extension ValueReader where Value == Int {
    /// A rate in bits per second.
    static let rate = scalar("a rate per second from 1kbit to 1000Gbit, such as 500kbit, 20Mbit or 1Gbit") { RateText.parse($0) }
}

extension ValueReader where Value == OpeningHours {
    /// One rule or a list of them.
    static let hours = ValueReader { node, label, reader in
        var nodes = [node]
        if case .sequence(let items) = node.content {
            guard reader.acceptsTag(of: node) else { return nil }
            nodes = items
        }
        let expected = "hours such as \"Mo-Fr 07:00-21:00\" (Mo Tu We Th Fr Sa Su), or a list of them"
        guard (1...32).contains(nodes.count) else {
            reader.report("\(label) must be \(expected)", at: node.place)
            return nil
        }
        let rules = nodes.compactMap { node -> OpeningHours? in
            guard let text = reader.text(node, label: label, expected: expected) else { return nil }
            guard let hours = OpeningHours.parse(text) else {
                reader.report("\(label) must be \(expected)", at: node.place)
                return nil
            }
            return hours
        }
        return rules.count == nodes.count ? .together(rules) : nil
    }
}

extension ValueReader where Value == String {
    /// The name of a time zone that this machine knows.
    static let timeZone = ValueReader { node, label, reader in
        let expected = "the name of a time zone, such as Europe/Berlin"
        guard let text = reader.text(node, label: label, expected: expected) else { return nil }
        let isName =
            (1...64).contains(text.utf8.count) && text.utf8.first?.isAlphanumeric ?? false
            && text.utf8.allSatisfy { $0.isAlphanumeric || "/_+-".utf8.contains($0) }
        guard isName else {
            reader.report("\(label) must be \(expected)", at: node.place)
            return nil
        }
        guard access("/usr/share/zoneinfo/\(text)", R_OK) == 0 else {
            reader.report("\(label): this machine knows no such time zone in /usr/share/zoneinfo (Debian's package tzdata)", at: node.place)
            return nil
        }
        return text
    }
}
