import Text

/// Ports as people write them.
enum PortText {
    /// The port that a text of decimal digits names, if the range holds it. A leading zero, octal to YAML 1.1, is refused.
    static func parse(_ text: some StringProtocol, range: ClosedRange<Int>) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit), let port = Int(text),
            text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0")
        else { return nil }
        return range.contains(port) ? port : nil
    }
}
