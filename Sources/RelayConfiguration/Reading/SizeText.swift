/// Sizes as relay.yaml writes them: `64KiB`, `16MiB`.
enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// The bytes that a text names; nil where it names none.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.utf8.count), let count = Int(digits),
            let unit = units.first(where: { $0.name == text[digits.endIndex...] })
        else { return nil }
        return count * unit.bytes
    }

    /// The shortest text for a size of whole KiB.
    static func format(_ bytes: Int) -> String {
        let unit = units.first { bytes % $0.bytes == 0 } ?? ("KiB", 1 << 10)
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
