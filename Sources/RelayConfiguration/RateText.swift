/// Rates as relay.yaml and queries write them: `500kbit`, `20Mbit`, `1.5Gbit`, each per second.
package enum RateText {
    /// The bits per second that a text names, at least 1000; nil where it names none.
    package static func parse(_ text: String) -> Int? {
        let units: [(name: String, bits: Double)] = [("Gbit", 1e9), ("Mbit", 1e6), ("kbit", 1e3)]
        guard let unit = units.first(where: { text.utf8.count <= 16 && text.hasSuffix($0.name) }) else { return nil }
        let number = text.dropLast(unit.name.count)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ (1...6).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
            let value = Double(number)
        else { return nil }
        let bits = (value * unit.bits).rounded()
        return (1e3...1e12).contains(bits) ? Int(bits) : nil
    }
}
