import RelayConfiguration
import Text

/// The address that a link is made of: `https://cams.example/yard/stream?fps=5`.
struct LinkAddress {
    /// Scheme, host and path.
    private let front: String
    /// Without a signature that was in it.
    private let query: [Substring]
    private let fragment: Substring
    /// The words of the path, decoded.
    private let words: [String]
    /// The port that it names.
    private let port: Int?

    /// Nil for what is no address of a web page, or holds a login, which is not for those who get the link.
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

    /// The source that it leads to: the path's last word, or the one before it, which a proxy's own path may stand before; else the one
    /// that is served alone.
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

    /// Both parts; the second begins with `mark`, and is empty where there is none.
    private static func split(_ text: Substring, at mark: Character) -> (Substring, Substring) {
        let place = text.firstIndex(of: mark) ?? text.endIndex
        return (text[..<place], text[place...])
    }
}
