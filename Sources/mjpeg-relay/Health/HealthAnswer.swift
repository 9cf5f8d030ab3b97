/// A running relay's answer to `mjpeg-relay health`: lines of text, of which the first names the format.
struct HealthAnswer: Equatable, Sendable {
    /// The first line of the answer; a new format would have another number.
    private static let greeting = "mjpeg-relay 1"

    /// More bytes than any answer has.
    static let maxLength = 1 << 20

    /// The configuration file, absolute; nil in the single-URL mode.
    var file: String?
    /// The addresses that take connections.
    var open: [String]
    /// The addresses that should take connections and do not.
    var closed: [String]

    /// The answer's bytes.
    var text: String {
        // A path with a line end in it is left out, so such a relay is found by its addresses only.
        let fileLine = file.flatMap { $0.utf8.contains(UInt8(ascii: "\n")) ? nil : ["file \($0)"] } ?? []
        let lines = [Self.greeting] + fileLine + open.map { "open \($0)" } + closed.map { "closed \($0)" }
        return lines.joined(separator: "\n") + "\nend\n"
    }

    init(file: String?, listening: [(address: String, isOpen: Bool)]) {
        self.file = file
        open = listening.filter(\.isOpen).map(\.address)
        closed = listening.filter { !$0.isOpen }.map(\.address)
    }

    /// Reads an answer; nil for a text that is not an answer or that was cut.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Self.greeting[...], lines.suffix(2) == ["end", ""] else { return nil }
        func values(_ key: String) -> [String] { lines.filter { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) } }
        file = values("file ").first
        open = values("open ")
        closed = values("closed ")
    }
}
