/// What a running relay says to whoever asks how it is: lines of text, the first of which names their form.
struct HealthAnswer: Equatable, Sendable {
    /// The first line of the answer; another form of the rest would have another number.
    private static let greeting = "mjpeg-relay 1"

    /// Longer than any answer is, in bytes.
    static let maxLength = 1 << 20

    /// The configuration file, absolute; nil in the single-URL mode.
    var file: String?
    /// The addresses that take connections.
    var open: [String]
    /// The addresses that should and do not.
    var closed: [String]

    /// An answer as it is sent.
    var text: String {
        // A path may hold a line's end; such a file can be asked for by its addresses only.
        let fileLine = file.flatMap { $0.utf8.contains(UInt8(ascii: "\n")) ? nil : ["file \($0)"] } ?? []
        let lines = [Self.greeting] + fileLine + open.map { "open \($0)" } + closed.map { "closed \($0)" }
        return lines.joined(separator: "\n") + "\nend\n"
    }

    init(file: String?, listening: [(address: String, isOpen: Bool)]) {
        self.file = file
        open = listening.filter(\.isOpen).map(\.address)
        closed = listening.filter { !$0.isOpen }.map(\.address)
    }

    /// Reads an answer; nil for another text, and for one that was cut.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Self.greeting[...], lines.suffix(2) == ["end", ""] else { return nil }
        func values(_ key: String) -> [String] { lines.filter { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) } }
        file = values("file ").first
        open = values("open ")
        closed = values("closed ")
    }
}
