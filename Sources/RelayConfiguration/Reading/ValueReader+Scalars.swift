import Text

extension ValueReader where Value == Bool {
    /// `true` or `false`; YAML 1.1's other words (`yes`, `on`) are refused since YAML 1.2 reads them as text.
    static let boolean = scalar("true or false") { ["true": true, "false": false][$0.lowercased()] }
}

extension ValueReader where Value == Int {
    /// A TCP port.
    static let port = scalar("a port from 1 to 65535") { PortText.parse($0, range: 1...65535) }

    /// A whole number within a range.
    static func count(_ range: ClosedRange<Int>, of what: String) -> Self {
        scalar("a number of \(what) from \(range.lowerBound) to \(range.upperBound)") { PortText.parse($0, range: range) }
    }
}

extension ValueReader where Value == Duration {
    /// A duration within a range.
    static func duration(_ range: ClosedRange<Duration>, example: String) -> Self {
        let bounds = "from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
        return scalar("a duration \(bounds), such as \(example)") { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueReader where Value == Int {
    /// A size in bytes within a range.
    static func size(_ range: ClosedRange<Int>, example: String) -> Self {
        let bounds = "from \(SizeText.format(range.lowerBound)) to \(SizeText.format(range.upperBound))"
        return scalar("a size \(bounds), such as \(example)") { text in
            SizeText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueReader where Value == Double {
    /// A number within a range, written with digits and at most one point.
    static func decimal(_ range: ClosedRange<Double>, unit: String) -> Self {
        scalar("a number from \(shortest(range.lowerBound)) to \(shortest(range.upperBound)) (\(unit))") { text in
            let isPlain = text.utf8.count <= 20 && text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0.isDigit }
            guard isPlain, text.first != ".", text.last != ".", let number = Double(text) else { return nil }
            return range.contains(number) ? number : nil
        }
    }

    private static func shortest(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }
}

extension ValueReader where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One word of a few.
    static func word() -> Self {
        let words = Value.allCases.map { $0.rawValue }
        let last = words.last ?? ""
        return scalar(words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " + last : last) { Value(rawValue: $0) }
    }
}
