/// Durations as relay.yaml writes them: `500ms`, `10s`, `2m`, `1h`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]

    /// The duration that a text names; nil where it is none.
    package static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.utf8.count), let count = Int64(digits),
            let unit = units.first(where: { $0.name == text[digits.endIndex...] })
        else { return nil }
        return .milliseconds(count * unit.milliseconds)
    }

    /// The shortest text for a duration of whole milliseconds.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        let unit = units.first { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
