import RelayConfiguration
import Text

/// The address from which a link is made, such as `https://cams.example/yard/stream?fps=5`.
struct LinkAddress {
    /// Scheme, host and path.
    private let front: String
    /// The query without an earlier signature.
    private let query: [Substring]
    private let fragment: Substring
    /// The words of the path, decoded.
    private let words: [String]
    /// The port in the address.
    private let port: Int?

    /// Nil for a text that is not an address of a web page, or has a login in it, which the receivers of the link must not get.
    init?(_ text: String) {
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }),
            text.utf8.allSatisfy({ $0 > ASCII.space && $0 < 0x7F })
        else { return nil }
        let (address, fragment) = Self.split(text[...], at: "#")
        let (front, query) = Self.split(address, at: "?")
        let (host, path) = Self.split(front.dropFirst(scheme.count), at: "/")
        guard !host.isEmpty, !host.contains("@") else { return nil }
        self.front = front.utf8.count == scheme.utf8.count + host.utf8.count ? front + "/" : String(front)
        self.query = query.dropFirst().split(separator: "&").filter { pair in !["exp=", "key=", "sig="].contains { pair.hasPrefix($0) } }
        self.fragment = fragment
        words = path.split(separator: "/").map { String(decoding: PercentCoding.decode($0.utf8), as: UTF8.self) }
        let colon = host.utf8.lastIndex(of: ASCII.colon)
        port = colon.flatMap { Int(host[host.utf8.index(after: $0)...]) }
    }

    /// The source that the address leads to: the path's last word or the word before it (a proxy may add words in front of both), or else
    /// the source that is served alone.
    func source(in configuration: RelayConfiguration) -> String? {
        let names = configuration.sources.map(\.name)
        if let name = words.suffix(2).reversed().first(where: { names.contains($0) }) { return name }
        if configuration.mode == .single { return names.first }
        return port.flatMap { port in configuration.sources.first { $0.port == port }?.name }
    }

    /// The whole link.
    func signed(by signature: String) -> String {
        "\(front)?\((query.map(String.init) + [signature]).joined(separator: "&"))\(fragment)"
    }

    /// Both parts; the second part begins with `mark`, and is empty where the text has no `mark`.
    private static func split(_ text: Substring, at mark: Character) -> (Substring, Substring) {
        let place = text.firstIndex(of: mark) ?? text.endIndex
        return (text[..<place], text[place...])
    }
}
